"""Groups of a batch of a stream run concurrently, each in order, and fail separately."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from threading import Barrier
from typing import Any

import pytest

from shared.domain.errors import Unavailable
from shared.triggers.stream import StreamTrigger

PATIENCE_SECONDS = 10


class Log:
    """What was reported."""

    def __init__(self) -> None:
        self.batches: list[Mapping[str, Any]] = []
        self.faults: list[Mapping[str, Any]] = []
        self.separations: list[Mapping[str, Any]] = []

    def processed(self, facts: Mapping[str, Any]) -> None:
        self.batches.append(facts)

    def failed(self, facts: Mapping[str, Any]) -> None:
        self.faults.append(facts)

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        self.separations.append(facts)


@pytest.fixture
def log() -> Log:
    return Log()


def batch(*records: str) -> dict[str, Any]:
    """Return records of a letter and a number. The letter is their group."""
    made = [
        {"dynamodb": {"SequenceNumber": f"{place}"}, "record": record}
        for place, record in enumerate(records)
    ]
    return {"Records": made}


def trigger(log: Log) -> StreamTrigger[str]:
    def read(record: Mapping[str, Any]) -> str | None:
        if record["record"] == "unreadable":
            raise ValueError
        return None if record["record"] == "unneeded" else record["record"]

    return StreamTrigger("a_trigger", log, read, lambda each: each[0], lambda _: {"error": "some"})


def failed_of(answer: Mapping[str, Any]) -> set[str]:
    return {each["itemIdentifier"] for each in answer["batchItemFailures"]}


def test_groups_are_taken_at_the_same_time(log: Log):
    meeting = Barrier(3)
    handler = trigger(log)(lambda _: meeting.wait(PATIENCE_SECONDS))
    assert failed_of(handler(batch("a1", "b1", "c1"), None)) == set()


def test_what_belongs_together_is_taken_once_and_in_its_order(log: Log):
    seen: dict[str, list[Sequence[str]]] = defaultdict(list)
    handler = trigger(log)(lambda group: seen[group[0][0]].append(group))
    handler(batch("a1", "b1", "a2", "unneeded", "b2", "a3"), None)
    assert seen == {"a": [["a1", "a2", "a3"]], "b": [["b1", "b2"]]}


def test_a_group_that_fails_is_told_by_its_first_record_and_takes_no_other_with_it(log: Log):
    processed: list[str] = []

    def take(group: Sequence[str]) -> None:
        if group[0].startswith("b"):
            raise RuntimeError
        processed.extend(group)

    handler = trigger(log)(take)
    answer = handler(batch("a1", "b1", "unreadable", "c1", "b2"), None)
    assert failed_of(answer) == {"1", "2"}
    assert sorted(processed) == ["a1", "c1"]
    assert len(log.faults) == 2
    assert [(each["records"], each["failed"]) for each in log.batches] == [(5, 2)]


def test_an_empty_batch_is_taken(log: Log):
    assert failed_of(trigger(log)(lambda _: None)(batch(), None)) == set()


class Together:
    """Processes several groups at once, and fails if one of them has a certain letter."""

    def __init__(self, rejected: str = "", error: type[Exception] = RuntimeError) -> None:
        self.bundles: list[list[list[str]]] = []
        self.alone: list[list[str]] = []
        self._refused = rejected
        self._error = error

    def take_together(self, groups: Sequence[Sequence[str]]) -> None:
        self.bundles.append([list(group) for group in groups])
        self._refuse([record for group in groups for record in group])

    def take(self, group: Sequence[str]) -> None:
        self.alone.append(list(group))
        self._refuse(group)

    def _refuse(self, records: Sequence[str]) -> None:
        if self._refused in {record[0] for record in records}:
            raise self._error

    def handler(self, log: Log) -> Callable[[Mapping[str, Any], Any], dict[str, Any]]:
        made = StreamTrigger(
            "a_trigger",
            log,
            lambda record: record["record"],
            lambda each: each[0],
            lambda error: {"error": type(error).__name__},
            self.take_together,
        )
        return made(self.take)


def test_small_groups_are_taken_together(log: Log):
    together = Together()
    assert failed_of(together.handler(log)(batch("a1", "b1", "a2", "c1"), None)) == set()
    assert together.bundles == [[["a1", "a2"], ["b1"], ["c1"]]]
    assert together.alone == []


def test_a_group_without_company_or_with_many_records_is_taken_by_itself(log: Log):
    together = Together()
    many = [f"a{number}" for number in range(25)]
    assert failed_of(together.handler(log)(batch(*many, "b1"), None)) == set()
    assert sorted(together.alone) == [many, ["b1"]]


def test_when_a_bundle_fails_each_of_its_groups_is_taken_by_itself(log: Log):
    together = Together("b")
    assert failed_of(together.handler(log)(batch("a1", "b1", "c1", "b2"), None)) == {"1"}
    assert together.alone == [["a1"], ["b1", "b2"], ["c1"]]
    assert [(each["error"], each["groups"]) for each in log.separations] == [("RuntimeError", 3)]
    (fault,) = log.faults
    assert (fault["error"], fault["record"], fault["group"]) == ("RuntimeError", "1", "b")


def test_when_the_storage_is_out_most_groups_of_a_bundle_are_not_tried(log: Log):
    """Each try may last until its time-out."""

    class Out(Together):
        def _refuse(self, _: Sequence[str]) -> None:
            raise Unavailable

    together = Out()
    records = ("a1", "b1", "c1", "d1", "e1")
    assert failed_of(together.handler(log)(batch(*records), None)) == {"0", "1", "2", "3", "4"}
    assert together.alone == [["a1"], ["b1"]]
