"""A read that is slow is sent a second time, and the first response wins."""

import time
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest

from shared.domain.deadlines import Deadline, within
from shared.domain.errors import Unavailable
from shared.table.repeated_reads import RepeatedReads

AFTER = 0.02
READS = ("get_item", "batch_get_item", "query")


class Connections:
    """A client whose n-th call follows the n-th entry of a plan.

    A number is a pause in seconds, "never" waits until the test ends, an error is raised.
    """

    def __init__(self, *plan: Any) -> None:
        self.plan = plan
        self.calls = 0
        self.begun = Event()
        self.ended = Event()

    def query(self, **_: Any) -> int:
        number, self.calls = self.calls, self.calls + 1
        self.begun.set()
        given = self.plan[number]
        if isinstance(given, Exception):
            raise given
        self.ended.wait(10 if given == "never" else given)
        return number

    get_item = batch_get_item = put_item = query


class Log:
    def __init__(self) -> None:
        self.lines: list[Mapping[str, Any]] = []

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        self.lines.append(facts)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture(autouse=True)
def within_a_second() -> Iterator[None]:
    with within(Deadline(1)):
        yield


def client(log: Log, *plan: Any) -> tuple[RepeatedReads, Connections]:
    inner = Connections(*plan)
    return RepeatedReads(inner, log, AFTER), inner


@pytest.mark.parametrize("operation", READS)
def test_a_quick_read_is_sent_once(operation: str, log: Log):
    reads, inner = client(log, 0)
    assert getattr(reads, operation)(Key={}) == 0
    assert (inner.calls, log.lines) == (1, [])


@pytest.mark.parametrize("operation", READS)
def test_the_second_response_is_taken_if_the_first_never_comes(operation: str, log: Log):
    reads, inner = client(log, "never", 0)
    began = time.monotonic()
    assert getattr(reads, operation)(Key={}) == 1
    assert time.monotonic() - began < 0.9
    (line,) = log.lines
    assert (line["step"], line["is_second"]) == ("read_again", True)
    inner.ended.set()


def test_the_first_response_is_taken_if_it_comes_after_all(log: Log):
    reads, inner = client(log, 0.1, "never")
    assert reads.query() == 0
    assert [each["is_second"] for each in log.lines] == [False]
    inner.ended.set()


def test_a_second_request_that_fails_leaves_the_first(log: Log):
    reads, _ = client(log, 0.1, OSError("second"))
    assert reads.query() == 0


def test_a_first_request_that_fails_at_once_is_not_repeated(log: Log):
    reads, inner = client(log, OSError("first"), 0)
    with pytest.raises(OSError, match="first"):
        reads.query()
    assert inner.calls == 1


def test_nothing_is_sent_again_after_the_deadline(log: Log):
    reads, inner = client(log, "never", 0)
    with within(Deadline(AFTER)), pytest.raises(Unavailable):
        reads.query()
    # A busy machine may begin the read after its deadline.
    assert inner.begun.wait(10)
    assert inner.calls == 1
    inner.ended.set()


def test_both_are_abandoned_at_the_deadline(log: Log):
    reads, inner = client(log, "never", "never")
    began = time.monotonic()
    with within(Deadline(0.15)), pytest.raises(Unavailable):
        reads.query()
    assert 0.1 < time.monotonic() - began < 0.9
    assert inner.calls == 2
    inner.ended.set()


def test_a_write_is_never_sent_again(log: Log):
    reads, inner = client(log, 3 * AFTER, 0)
    assert reads.put_item(Item={}) == 0
    assert inner.calls == 1


def test_a_read_without_a_deadline_is_sent_once(log: Log):
    reads, inner = client(log, 3 * AFTER, 0)
    with within(None):  # type: ignore[arg-type]
        assert reads.query() == 0
    assert inner.calls == 1
