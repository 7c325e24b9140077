"""Measure the CPU and memory of warm requests, compared with three baselines.

The baselines are a handler with the same DynamoDB calls by boto3, the same function on botocore's
client, and a peer on another stack. The function is the built one on its Python version. A separate
process replays recorded DynamoDB responses, so only the work of the function is measured.
"""

import asyncio
import json
import pickle
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.adapters import clear_adapters
from benchmarks.catalogue import SCENARIOS
from benchmarks.client import Client, event_of, route_of
from benchmarks.cold_start import aws_environment
from benchmarks.fastapi_postgres.database import NoPostgres, fill, running_postgres
from benchmarks.replay import Recording, recording_calls, replaying
from benchmarks.runtime import isolated_python, python_path
from benchmarks.scenario import Scenario, prepared, responded
from benchmarks.stage import CONTACT_ID, VALUE, Stage, changes, names
from benchmarks.staging import (
    BOTO3_PACKAGES,
    built_function,
    run,
    stage_handler,
)
from local.template import Template
from shared.runtime.config import BOTOCORE
from shared.services.accounts.access import hash_api_key

_WANTED = {
    "klen": (
        "Set 4 existing variables on a contact of 32: 10 definitions",
        "Get a contact: of 32 variables",
        "List definitions: 10",
        "Create a contact: with 4 variables",
    ),
    "chatcaptain": (
        "Set a variable of a contact: existing, of 32",
        "List the variables of a contact: of 32",
    ),
    "setter": ("Change a contact of 32: 4 variables",),
    "vambe": (
        "Set 4 custom fields of a contact of 32: by name, 32 definitions",
        "Get a contact: of 32 fields",
    ),
    "native": ("Resolve variables: 20 by phone", "Resolve variables: 200 by phone"),
}
"""The scenarios to measure, by name: the most frequent requests of each API."""

SET, GET = (f"klen, {name}" for name in _WANTED["klen"][:2])
"""The scenarios that the peer implements."""

RESOLVES = frozenset(f"native, {name}" for name in _WANTED["native"])
"""The scenarios that resolve. They build an answer for each variable that an agent declares."""

OURS, BY_HAND, PEER = "ours", "the same calls by hand", "FastAPI and PostgreSQL"
ON_BOTOCORE = "ours on botocore's client"
_WITH_MEMORY = (OURS, ON_BOTOCORE)
"""Who keeps definitions in memory, so that its first requests read more than the next."""


ROUNDS = 5
"""Processes of each variant, started in turn."""

_BATCHES, _BATCH, _WARM_UP = 5, 20, 20
_REQUESTS_UNTIL_WARM = 2
"""The first finds the account of the key, the second puts its definitions into memory."""

_PROBE = Path(__file__).parent / "warm_probe.py"
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Usage:
    """The cost of a request: CPU by batch and process, and peak memory."""

    cpu_ms: tuple[float, ...]
    peak_kilobytes: float
    kept_blocks: float

    @property
    def median_ms(self) -> float:
        """The median CPU."""
        return statistics.median(self.cpu_ms)

    @property
    def quartiles_ms(self) -> tuple[float, float]:
        """The first and third quartile of CPU."""
        first, _, third = statistics.quantiles(self.cpu_ms, n=4, method="inclusive")
        return first, third


@dataclass(frozen=True)
class WarmRequest:
    """The usage of one request by variant, and its number of DynamoDB calls."""

    name: str
    calls: int
    usages: Mapping[str, Usage]

    def ratio(self, to: str) -> float:
        """Return our CPU divided by that of a variant."""
        return self.usages[OURS].median_ms / self.usages[to].median_ms

    def ratio_quartiles(self, to: str) -> tuple[float, float]:
        """Return our quartiles divided by the median of a variant."""
        first, third = self.usages[OURS].quartiles_ms
        return first / self.usages[to].median_ms, third / self.usages[to].median_ms


@dataclass(frozen=True)
class _Subject:
    """A variant to measure: its folders, environment and event."""

    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    event: Mapping[str, Any]


def wanted_scenarios() -> list[Scenario]:
    """Return the scenarios to measure."""
    return [each for each in SCENARIOS if each.name in _WANTED.get(each.dialect, ())]


def processes_of_warm() -> int:
    """Return the number of processes of `measure_warm`, including the peer."""
    return ROUNDS * (3 * len(wanted_scenarios()) + 2)


def measure_warm(
    make_stage: Callable[[str], Stage],
    template: Template,
    advance: Callable[[], object],
    folders_of: Callable[[str], tuple[Path, ...]] = built_function,
    *,
    has_peer: bool = True,
) -> list[WarmRequest]:
    """Measure each scenario, and call `advance` after each process.

    Args:
        make_stage: Creates an empty account by name in the table of the environment.
        template: The template of the functions.
        advance: Called after each process.
        folders_of: Returns the folders to import a function from, by its logical id.
        has_peer: Measure the peer too, where PostgreSQL is.
    """
    with ExitStack() as stack:
        bare = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stage_handler(bare, "same_calls_handler.py", BOTO3_PACKAGES, compiled=True)
        peers = stack.enter_context(_peers()) if has_peer else {}
        variants = _Variants(template, bare, peers, folders_of)
        return [
            _measure(scenario, make_stage(f"warm-{number}"), variants, advance)
            for number, scenario in enumerate(wanted_scenarios())
        ]


@dataclass(frozen=True)
class _Variants:
    """Where the variants of a request are."""

    template: Template
    bare: Path
    peers: Mapping[str, _Subject]
    folders_of: Callable[[str], tuple[Path, ...]]


def _measure(
    scenario: Scenario, stage: Stage, variants: _Variants, advance: Callable[[], object]
) -> WarmRequest:
    name = f"{scenario.dialect}, {scenario.name}"
    call, api_key = prepared(scenario, stage)
    match = route_of(call, variants.template)
    event = event_of(call, match, api_key)
    clear_adapters()
    with recording_calls() as recording:
        for _ in range(_REQUESTS_UNTIL_WARM):
            responded(call, Client(variants.template).send(call, api_key))
        recording.end_first()
        answer = responded(call, Client(variants.template).send(call, api_key))
    clear_adapters()
    function = variants.template.functions[match.route.function]
    environment = {**function.environment, **aws_environment()}
    by_hand = {
        "body": event.get("body") or "{}",
        "calls": [{"method": each.method, "params": each.params} for each in recording.calls],
        "answer": json.loads(answer.body),
    }
    folders = variants.folders_of(match.route.function)
    subjects = {
        OURS: _Subject(folders, environment, event),
        ON_BOTOCORE: _Subject(folders, {**environment, "DYNAMODB_CLIENT": BOTOCORE}, event),
        BY_HAND: _Subject((variants.bare,), environment, by_hand),
    }
    if name in variants.peers:
        subjects[PEER] = variants.peers[name]
    return WarmRequest(name, len(recording.calls), _usages(subjects, recording, advance))


def _usages(
    subjects: Mapping[str, _Subject], recording: Recording, advance: Callable[[], object]
) -> dict[str, Usage]:
    reports: dict[str, list[Any]] = {who: [] for who in subjects}
    for _ in range(ROUNDS):
        for who in random.sample(list(subjects), len(subjects)):
            with replaying(recording, from_start=who in _WITH_MEMORY) as url:
                reports[who].append(_probed(subjects[who], url))
            advance()
    return {who: _usage(each) for who, each in reports.items()}


def _usage(reports: Sequence[Any]) -> Usage:
    return Usage(
        tuple(nanoseconds / 1e6 for each in reports for nanoseconds in each["cpu_ns"]),
        statistics.median(each["peak_bytes"] for each in reports) / 1000,
        statistics.median(each["kept_blocks"] for each in reports),
    )


def _probed(subject: _Subject, url: str) -> Any:
    sizes = {"warm_up": _WARM_UP, "batch": _BATCH, "batches": _BATCHES}
    with tempfile.TemporaryDirectory() as folder:
        task, report = Path(folder, "task"), Path(folder, "report.json")
        # Not JSON, as the calls have binary values.
        task.write_bytes(pickle.dumps({**sizes, "event": subject.event}))
        environment = {
            **subject.environment,
            "AWS_ENDPOINT_URL_DYNAMODB": url,
            "PYTHONPATH": python_path(subject.folders),
        }
        run([*isolated_python(), str(_PROBE), str(task), str(report)], environment)
        return json.loads(report.read_text(encoding="utf-8"))


@contextmanager
def _peers() -> Iterator[dict[str, _Subject]]:
    """Yield the peer's variants by scenario name, or none without PostgreSQL."""
    secret, variables = "a-key-of-the-peer", names(32)
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_postgres())
        except NoPostgres:
            yield {}
            return
        asyncio.run(
            fill(
                url,
                key_hash=hash_api_key(secret),
                contact_id=CONTACT_ID,
                values=dict.fromkeys(variables, VALUE),
                details={"first_name": "Alexandra", "last_name": "Johnson"},
            )
        )
        app = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        app.joinpath("app.py").write_text("from benchmarks.fastapi_postgres.app import *\n")
        folders = (app, _ROOT, *site_packages())
        headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
        path = f"/contacts/{CONTACT_ID}"
        sets = {"method": "POST", "path": f"{path}/context", "headers": headers}
        body = json.dumps({"variables": changes(variables[:4])})
        gets = {"method": "GET", "path": path, "headers": headers, "body": ""}
        environment = {"DATABASE_URL": url}
        yield {
            SET: _Subject(folders, environment, {**sets, "body": body}),
            GET: _Subject(folders, environment, gets),
        }


def site_packages() -> tuple[Path, ...]:
    """Return the folders of this environment's packages."""
    return tuple(Path(path) for path in sys.path if path.endswith("site-packages"))
