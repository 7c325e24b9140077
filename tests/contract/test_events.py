"""Every example event runs through its handler, on the demo data."""

import json
from pathlib import Path

import pytest

from local.seed import load_file
from tests.api import invoke, is_told_in_band, template
from tests.world import World

ROOT = Path(__file__).parents[2]
EVENTS = sorted((ROOT / "events").glob("*/*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_example_event_succeeds_on_the_demo_data(path: Path, world: World):
    load_file(ROOT / "local" / "demo-seed.json", world.client, world.table_name)
    logical_id = "".join(part.capitalize() for part in f"{path.parent.name}_{path.stem}".split("_"))
    answer = invoke(logical_id, json.loads(path.read_text()))
    assert answer.status in (200, 201), answer.document
    assert not is_told_in_band(answer)


def test_there_is_one_event_for_each_function():
    folders = {each.code_folder for each in template().functions.values()}
    assert {(path.parent.name, path.stem) for path in EVENTS} == {
        (folder.parent.name, folder.name) for folder in folders
    }
