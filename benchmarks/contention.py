"""Writers that meet: how often they conflict, what that costs, and whether anything is lost.

Each writer is a process of its own that sends its requests as fast as they are answered, all from
the same moment. Each writes what is its own, over and over, so that afterwards everything must hold
what its writer was last told is done.
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
from typing import Any

import botocore
from botocore.session import Session

from benchmarks.client import TEMPLATE, Call, Client
from benchmarks.stage import CONTACT_ID, Stage
from local.template import read_template

WRITERS = (1, 2, 4, 8)
"""How many write at once."""

REQUESTS = 40
"""How many requests each of them sends."""

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
"""What this process has counted, of its task alone."""


class Meeting(StrEnum):
    """What the writers write."""

    VARIABLES_OF_ONE = "variables of one contact"
    VARIABLES_OF_MANY = "variables, each of its own contact"
    FIELDS_OF_ONE = "fields of one contact"


@dataclass(frozen=True)
class Contention:
    """What came of it.

    `done` and `refused` are answers; `calls`, `conflicts` and `tried_again` are of DynamoDB, the
    last by botocore; `lost` counts what does not hold what its writer was last told.
    """

    meeting: Meeting
    writers: int
    done: int
    rejected: int
    calls: int
    conflicts: int
    tried_again: int
    lost: int


@dataclass(frozen=True)
class _Task:
    """What one writer does: so many requests on a contact, from a moment on."""

    meeting: Meeting
    writer: int
    contact_id: int
    api_key: str
    start_at: float


def meetings() -> int:
    """How many times `measure_contention` lets writers meet."""
    return len(Meeting) * len(WRITERS)


def measure_contention(
    make_stage: Callable[[str], Stage], client: Client, advance: Callable[[], object]
) -> list[Contention]:
    """Let writers meet in each way and number; `advance` after each."""
    measured = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(WRITERS), mp_context=context, initializer=_begin) as pool:
        # Each of them is busy for a while, so that all of them are started.
        list(pool.map(time.sleep, [_START_SECONDS] * max(WRITERS)))
        for meeting in Meeting:
            for writers in WRITERS:
                stage = make_stage(f"contention-{meeting.name}-{writers}")
                measured.append(_meet(meeting, writers, stage, client, pool))
                advance()
    return measured


def _meet(
    meeting: Meeting, writers: int, stage: Stage, client: Client, pool: ProcessPoolExecutor
) -> Contention:
    api_key = stage.add_key(requests_per_minute=None)
    stage.add_account()
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
    """Make a process ready to be a writer."""
    botocore.register_initializer(_listen)
    _client()


@cache
def _client() -> Client:
    return Client(read_template(TEMPLATE))


def _write(task: _Task) -> Mapping[str, Any]:
    """In a process of its own: send the requests, and tell what came of them."""
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
