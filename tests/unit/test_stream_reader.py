"""Batches of the records of a stream, which is a list here."""

import threading
from collections.abc import Sequence

import pytest

from local.event_sources import StreamSource
from local.positions import Positions
from local.triggers.stream_reader import StreamReader


class Stream:
    """A shard that ends after its last read."""

    def __init__(self, reads: Sequence[Sequence[str]]) -> None:
        self._reads = list(reads)
        self._count = 0

    def describe_stream(self, **_):
        return {"StreamDescription": {"Shards": [{"ShardId": "shard"}]}}

    def get_shard_iterator(self, **_):
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str, **_):  # noqa: N803
        place = int(ShardIterator)
        records = [record(number, text) for number, text in self._numbered(place)]
        following = str(place + 1) if place + 1 < len(self._reads) else None
        return {"Records": records, "NextShardIterator": following}

    def _numbered(self, place: int):
        start = sum(map(len, self._reads[:place])) + 1
        return enumerate(self._reads[place], start)


def record(number: int, text: str) -> dict:
    return {"eventName": text, "dynamodb": {"SequenceNumber": f"{number:03d}"}}


class Calls:
    """A function that records its batches, and fails a given number of times for each record."""

    name = "F"

    def __init__(self, **failures: int) -> None:
        self.batches: list[list[int]] = []
        self._failures = {int(name[1:]): times for name, times in failures.items()}

    def call(self, _event, ids):
        numbers = [int(each) for each in ids]
        self.batches.append(numbers)
        failed = {number for number in numbers if self._failures.get(number, 0) > 0}
        for number in failed:
            self._failures[number] -= 1
        return {f"{number:03d}" for number in failed}


def read(stream: Stream, calls: Calls, positions: Positions, **options) -> None:
    source = StreamSource(
        **{"name": "F.Stream", "function": "F", "batch_size": 3, "reports_failures": True} | options
    )
    stop = threading.Event()
    stop.wait = lambda _seconds: stop.is_set()
    reader = StreamReader(
        source, calls, "arn", streams=stream, queues=None, positions=positions, stop=stop
    )
    reader._read_shard("shard")


def test_batches_are_full_or_all_there_is():
    calls, positions = Calls(), Positions(None)

    read(Stream([["a"] * 7, ["a"], [], ["a"] * 3]), calls, positions)

    assert calls.batches == [[1, 2, 3], [4, 5, 6], [7], [8], [9, 10, 11]]
    assert positions.of("F.Stream") == 11


def test_what_no_filter_lets_through_fills_no_batch_and_is_passed():
    calls, positions = Calls(), Positions(None)
    patterns = ({"eventName": ["a"]},)

    read(Stream([["b", "a", "b", "a", "a", "b"], ["b"]]), calls, positions, patterns=patterns)

    assert calls.batches == [[2, 4, 5]]
    assert positions.of("F.Stream") == 7


def test_a_reader_goes_on_behind_its_position():
    calls, positions = Calls(), Positions(None)
    positions.keep("F.Stream", 2)

    read(Stream([["a"] * 4]), calls, positions)

    assert calls.batches == [[3, 4]]


def test_a_window_gathers_what_comes_in_it():
    calls = Calls()

    read(Stream([["a"], [], ["a"]]), calls, Positions(None), window_seconds=60)

    assert calls.batches == [[1, 2]]


def test_a_reader_goes_on_when_the_disk_was_full():
    stop = threading.Event()
    calls = Calls()

    class FullDisk(Positions):
        def keep(self, reader: str, number: int) -> None:
            super().keep(reader, number)
            if number == 3:
                raise OSError
            stop.set()

    reader = StreamReader(
        StreamSource(name="F.Stream", function="F", batch_size=3),
        calls,
        "arn",
        streams=Stream([["a"] * 5]),
        queues=None,
        positions=FullDisk(None),
        stop=stop,
    )
    reader.run()

    assert calls.batches == [[1, 2, 3], [4, 5]]


@pytest.mark.parametrize(
    ("options", "failures", "batches"),
    [
        # Records before the first failure are not processed again.
        ({}, {"n2": 1}, [[1, 2, 3], [2, 3]]),
        ({}, {"n3": 2}, [[1, 2, 3], [3], [3]]),
        # A batch without progress is halved, until the failing record is alone.
        ({"bisects": True}, {"n1": 3}, [[1, 2, 3], [1], [1], [1], [2, 3]]),
        # One try and two retries; then the rest of the batch fails.
        ({"max_retries": 2}, {"n1": 9}, [[1, 2, 3]] * 3),
        ({"max_retries": 1, "bisects": True}, {"n1": 9}, [[1, 2, 3], [1], [1], [2, 3]]),
        ({"max_retries": 0}, {"n2": 9}, [[1, 2, 3]]),
    ],
)
def test_what_failed_is_tried_as_lambda_tries_it(options, failures, batches):
    calls, positions = Calls(**failures), Positions(None)

    read(Stream([["a"] * 3]), calls, positions, **options)

    assert calls.batches == batches
    assert positions.of("F.Stream") == 3
