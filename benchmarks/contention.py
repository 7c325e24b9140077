"""Measure concurrent writers: conflicts, their cost, and lost updates.

Each writer is a process that sends requests without pauses. All start at the same time. Each writer
updates its own variables repeatedly, so in the end these must have the values of its last
successful request.
It serves the target that writers that meet lose nothing.
"""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from http import HTTPStatus
from itertools import product
from typing import Any

import botocore
from botocore.session import Session
from tqdm import tqdm

from benchmarks.client import TEMPLATE, Call, Client
from benchmarks.stage import CONTACT_ID, Stage
from local.template import read_template

WRITERS = (1, 2, 4, 8)
"""Numbers of concurrent writers."""

REQUESTS = 40
"""Requests of each writer."""

_VARIABLES_EACH = 4
_FIELDS = (
    "first_name",
    "last_name",
    "email",
    "company",
    "website",
    "city",
    "state",
    "zip_code",
)
_CONFLICTS = frozenset(
    {
        "ConditionalCheckFailedException",
        "TransactionCanceledException",
        "TransactionConflictException",
    }
)
_START_SECONDS = 1.0
_HEAD_START_SECONDS = 0.2

_counts: Counter[str] = Counter()
"""The counters of this process for its current task."""


class Meeting(StrEnum):
    """The data that the writers share."""

    VARIABLES_OF_ONE = "variables of one contact"
    VARIABLES_OF_MANY = "variables, each of its own contact"
    FIELDS_OF_ONE = "fields of one contact"


@dataclass(frozen=True)
class Contention:
    """The result of one measurement.

    `done` and `refused` count responses. `calls` and `conflicts` count requests to DynamoDB, and
    `tried_again` the retries of botocore. `lost` counts variables without their last written value.
    """

    meeting: Meeting
    writers: int
    done: int
    rejected: int
    calls: int
    conflicts: int
    tried_again: int
    lost: int

    @property
    def calls_for_each(self) -> float:
        """The calls of DynamoDB for each request."""
        return self.calls / (self.done + self.rejected)


@dataclass(frozen=True)
class _Task:
    """The task of a writer: a number of requests for one contact, from a start time."""

    meeting: Meeting
    writer: int
    contact_id: int
    api_key: str
    start_at: float


def measure_contention(make_stage: Callable[[str], Stage], client: Client) -> list[Contention]:
    """Measure each kind and number of writers."""
    measured = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(WRITERS), mp_context=context, initializer=_begin) as pool:
        # Each is busy for a while, so that the pool starts all of its processes.
        list(pool.map(time.sleep, [_START_SECONDS] * max(WRITERS)))
        for meeting, writers in tqdm(list(product(Meeting, WRITERS)), desc="meetings"):
            stage = make_stage(f"contention-{meeting.name}-{writers}")
            measured.append(_meet(meeting, writers, stage, client, pool))
    return measured


def _meet(
    meeting: Meeting, writers: int, stage: Stage, client: Client, pool: ProcessPoolExecutor
) -> Contention:
    api_key = stage.open()
    for number in range(writers):
        for name in _own_variables(number):
            stage.define_one(name, name)
    contacts = _contacts(meeting, writers)
    for contact_id in set(contacts):
        stage.add_contact(contact_id=contact_id)
    start_at = time.time() + _HEAD_START_SECONDS
    tasks = [
        _Task(meeting, number, contact_id, api_key, start_at)
        for number, contact_id in enumerate(contacts)
    ]
    reports = list(pool.map(_write, tasks))
    counts = sum((Counter(report["counts"]) for report in reports), Counter())
    lost = sum(
        _lost(task, report["last"], client) for task, report in zip(tasks, reports, strict=True)
    )
    return Contention(
        meeting,
        writers,
        done=counts["done"],
        rejected=counts["refused"],
        calls=counts["calls"],
        conflicts=counts["conflicts"],
        tried_again=counts["tried_again"],
        lost=lost,
    )


def _contacts(meeting: Meeting, writers: int) -> Sequence[int]:
    apart = meeting is Meeting.VARIABLES_OF_MANY
    return [CONTACT_ID + number if apart else CONTACT_ID for number in range(writers)]


def _begin() -> None:
    """Prepare a writer process."""
    botocore.register_initializer(_listen)
    _client()


@cache
def _client() -> Client:
    return Client(read_template(TEMPLATE))


def _write(task: _Task) -> Mapping[str, Any]:
    """Send the requests of a task in a writer process, and return the counts."""
    _counts.clear()
    last = None
    time.sleep(max(0.0, task.start_at - time.time()))
    for number in range(REQUESTS):
        document = _document(task, f"{task.writer} wrote {number}")
        answer = _client().send(_call(task, document), task.api_key)
        succeeded = answer.status == HTTPStatus.OK
        _counts["done" if succeeded else "refused"] += 1
        last = document if succeeded else last
    return {"counts": dict(_counts), "last": last}


def _listen(session: Session) -> None:
    session.register("after-call.dynamodb", _count)


def _count(**event: Any) -> None:
    parsed = event["parsed"]
    _counts["calls"] += 1
    _counts["conflicts"] += parsed.get("Error", {}).get("Code") in _CONFLICTS
    _counts["tried_again"] += parsed["ResponseMetadata"].get("RetryAttempts", 0)


def _document(task: _Task, text: str) -> dict[str, Any]:
    if task.meeting is Meeting.FIELDS_OF_ONE:
        return {_FIELDS[task.writer]: text}
    return dict.fromkeys(_own_variables(task.writer), text)


def _call(task: _Task, document: dict[str, Any]) -> Call:
    path = f"/api/v1/contacts/{task.contact_id}"
    if task.meeting is Meeting.FIELDS_OF_ONE:
        return Call("PATCH", f"{path}/update", document)
    return Call("POST", f"{path}/context", {"variables": document})


def _lost(task: _Task, last: Mapping[str, Any] | None, client: Client) -> int:
    path = f"/api/v1/contacts/{task.contact_id}"
    contact = json.loads(client.send(Call("GET", path), task.api_key).body)
    held = {**contact, **contact["address"], **contact["custom_context"]}
    return sum(held[name] != text for name, text in (last or {}).items())


def _own_variables(writer: int) -> Iterator[str]:
    return (f"writer_{writer}_{number}" for number in range(_VARIABLES_EACH))
