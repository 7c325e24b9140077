"""Every example event runs through its handler, on the demo data."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.client import Client
from benchmarks.examples import Examples, complete_demo
from benchmarks.hostile import endpoints
from benchmarks.hostile_demo import Targets
from benchmarks.snapshot import Snapshot
from benchmarks.stage import forget_definitions
from tests.api import invoke, is_told_in_band, template
from tests.fixtures import Fixtures, Items
from tests.triggers.queue import Context, trigger

ROOT = Path(__file__).parents[2]
EVENTS = sorted((ROOT / "events").glob("*/*.json"))


OF_TRIGGERS = [path for path in EVENTS if path.parent.name == "triggers"]
OF_BATCHES = [path for path in OF_TRIGGERS if "Records" in path.read_text()]
OF_PLATFORMS = [path for path in OF_TRIGGERS if path not in OF_BATCHES]


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def logical_id_of(path: Path) -> str:
    words = (
        f"{path.parent.name.removesuffix('s')}_{path.stem}" if path in OF_TRIGGERS else name(path)
    )
    return "".join(part.capitalize() for part in words.replace("/", "_").split("_"))


@pytest.fixture(scope="module")
def completed() -> list[tuple[Items, Examples]]:
    """Return the cache of what the first test of the module creates."""
    return []


@pytest.fixture
def examples(
    everything: Fixtures, demo: Items, completed: list[tuple[Items, Examples]], engine_client: Any
) -> Examples:
    """Create the demo data with everything that example events name, and return its ids."""
    if not completed:
        everything.put_back(demo)
        made = complete_demo(Client(template()), engine_client, everything.table_name)
        completed.append((everything.items(), made))
    items, made = completed[0]
    everything.put_back(items)
    return made


@pytest.mark.parametrize("path", [each for each in EVENTS if each not in OF_TRIGGERS], ids=name)
def test_an_example_event_succeeds_on_the_demo_data(path: Path, examples: Examples):
    answer = invoke(logical_id_of(path), examples.event(path.stem, path.read_text()))
    assert answer.status in (200, 201), answer.document
    assert not is_told_in_band(answer)


@pytest.mark.slow
def test_the_benchmark_of_hostile_bodies_reaches_every_endpoint(
    examples: Examples, everything: Fixtures
):
    """The documented body of each succeeds. Otherwise a hostile one would be rejected early."""
    targets = Targets(template(), examples)
    table = Snapshot(everything.client, everything.table_name)
    failed = []
    for endpoint in endpoints():
        forget_definitions()
        table.restore()
        target = targets.target(endpoint)
        answer = target.send(json.dumps(target.endpoint.example).encode())
        if answer["statusCode"] not in (200, 201, 202):
            failed.append((endpoint.name, answer["statusCode"], answer["body"]))
    assert not failed


@pytest.mark.parametrize("path", OF_PLATFORMS, ids=name)
def test_an_example_of_a_platform_gets_the_variables_of_the_demo_data(
    path: Path, everything: Fixtures, demo: Items
):
    everything.put_back(demo)
    answer = trigger(logical_id_of(path), json.loads(path.read_text()), Context())
    attributes = answer.get("sessionState", {}).get("sessionAttributes", answer)
    assert attributes["plan"] == "Silver"


@pytest.mark.parametrize("path", OF_BATCHES, ids=name)
def test_an_example_of_a_trigger_is_taken_on_the_demo_data(
    path: Path, everything: Fixtures, demo: Items
):
    everything.put_back(demo)
    answer = trigger(logical_id_of(path), json.loads(path.read_text()), Context())
    assert answer == {"batchItemFailures": []}


def test_there_is_one_event_for_each_function():
    folders = {each.code_folder for each in template().functions.values()}
    assert {(path.parent.name, path.stem) for path in EVENTS} == {
        (folder.parent.name, folder.name) for folder in folders
    }
