"""A function on the table's stream, run as Lambda's event source mapping runs it.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.engines.stream_filter import LAST_NUMBER
from local.event_filter import passes
from local.event_sources import NO_LIMIT, StreamSource
from local.positions import Positions
from local.resources import LOCAL_ACCOUNT_ID
from local.triggers.invocation import Caller
from local.triggers.records import created_at, json_stream_record

_POLL_SECONDS = 0.1
_FIRST_RETRY_SECONDS = 0.2
_LAST_RETRY_SECONDS = 10.0
_READ_LIMIT = 1000

Record = Mapping[str, Any]


class StreamReader:
    """Reads one stream, one batch after the other, from where it was left.

    Args:
        source: the event source.
        invoker: calls its function.
        stream_arn: the table's stream.
        streams: a client of the streams.
        queues: a client of the queues, for what can't be processed.
        positions: how far it has come.
        stop: ends it.

    """

    def __init__(
        self,
        source: StreamSource,
        invoker: Caller,
        stream_arn: str,
        *,
        streams: Any,
        queues: Any,
        positions: Positions,
        stop: threading.Event,
    ) -> None:
        self._source = source
        self._invoker = invoker
        self._stream_arn = stream_arn
        self._streams = streams
        self._queues = queues
        self._positions = positions
        self._stop = stop

    def run(self) -> None:
        """Read until stopped; while the engine does not answer or the disk is full, try again."""
        while not self._stop.is_set():
            try:
                self._read_shards()
            except (BotoCoreError, ClientError, OSError):
                self._stop.wait(_FIRST_RETRY_SECONDS)

    def _read_shards(self) -> None:
        """Read shard after shard; one that has followers ends, and they come after it."""
        done: set[str] = set()
        while not self._stop.is_set():
            description = self._streams.describe_stream(StreamArn=self._stream_arn)
            shards = description["StreamDescription"]["Shards"]
            shard = next((each for each in shards if each["ShardId"] not in done), None)
            if shard is None:
                self._stop.wait(_POLL_SECONDS)
                continue
            self._read_shard(shard["ShardId"])
            done.add(shard["ShardId"])

    def _read_shard(self, shard_id: str) -> None:
        for records, position in self._batches(shard_id):
            if records and not self._is_dealt_with(shard_id, records, tries=0):
                return
            self._positions.keep(self._source.name, position)

    def _batches(self, shard_id: str) -> Iterator[tuple[list[Record], int]]:
        """Yield batches that are full, or as old as the window, or all there is.

        Each comes with the position that is reached with it: that of its last record, or behind
        those that no filter let through.
        """
        size = self._source.batch_size
        pending: list[Record] = []
        window_ends, reached = 0.0, 0
        for read, last in self._reads(shard_id):
            wanted = [each for each in read if self._is_wanted(each)]
            if wanted and not pending:
                window_ends = time.monotonic() + self._source.window_seconds
            pending += wanted
            while len(pending) > size:
                yield pending[:size], _number(pending[size - 1])
                del pending[:size]
            reached = max(reached, last)
            is_due = len(pending) == size or time.monotonic() >= window_ends
            if (last and not pending) or (pending and is_due):
                yield pending, reached
                pending = []
        if pending:
            yield pending, reached

    def _is_wanted(self, record: Record) -> bool:
        return passes(self._source.patterns, json_stream_record(record, self._stream_arn))

    def _reads(self, shard_id: str) -> Iterator[tuple[list[Record], int]]:
        """Yield what each read of a shard gives that is behind our position, until its end.

        Each comes with the sequence number of the last record that was read, which an engine that
        filters may have left out; 0 if there is nothing behind our position.
        """
        after = self._positions.of(self._source.name)
        iterator: str | None = self._streams.get_shard_iterator(
            StreamArn=self._stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator and not self._stop.is_set():
            read = self._streams.get_records(ShardIterator=iterator, Limit=_READ_LIMIT)
            records = read["Records"]
            last = int(read.get(LAST_NUMBER) or (_number(records[-1]) if records else 0))
            yield (
                [record for record in records if _number(record) > after],
                last if last > after else 0,
            )
            iterator = read.get("NextShardIterator")
            if not last:
                self._stop.wait(_POLL_SECONDS)

    def _is_dealt_with(self, shard_id: str, records: Sequence[Record], *, tries: int) -> bool:
        """Call the function until all records are done or given up; False when stopped before."""
        while not self._stop.is_set():
            if self._is_too_old(records[0]):
                self._give_up(shard_id, records, "RecordAgeExceeded", tries)
                return True
            rest = self._call(records)
            if not rest:
                return True
            # What was done of a batch is not done again, and the rest begins anew.
            tries = tries + 1 if len(rest) == len(records) else 1
            if len(rest) == len(records) > 1 and self._source.bisects:
                middle = len(rest) // 2
                halves = (rest[:middle], rest[middle:])
                return all(self._is_dealt_with(shard_id, each, tries=tries - 1) for each in halves)
            if tries > self._source.max_retries != NO_LIMIT:
                self._give_up(shard_id, rest, "RetryAttemptsExhausted", tries)
                return True
            records = rest
            self._stop.wait(min(_FIRST_RETRY_SECONDS * 2 ** (tries - 1), _LAST_RETRY_SECONDS))
        return False

    def _call(self, records: Sequence[Record]) -> Sequence[Record]:
        """Call the function, and return the first record that failed with all behind it."""
        event = {"Records": [json_stream_record(record, self._stream_arn) for record in records]}
        ids = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = self._invoker.call(event, ids)
        return next((records[place:] for place, each in enumerate(ids) if each in failed), [])

    def _is_too_old(self, record: Record) -> bool:
        allowed = self._source.max_age_seconds
        return allowed != NO_LIMIT and time.time() - created_at(record) > allowed

    def _give_up(
        self, shard_id: str, records: Sequence[Record], condition: str, tries: int
    ) -> None:
        """Tell the queue of failures which records were given up; the records are not in it."""
        if self._source.failures is None:
            return
        name = self._invoker.name
        region = self._source.failures.split(":")[3]
        first, last = records[0], records[-1]
        self._positions.keep_given_up(_number(first))
        message = {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": f"arn:aws:lambda:{region}:{LOCAL_ACCOUNT_ID}:function:{name}",
                "condition": condition,
                "approximateInvokeCount": tries,
            },
            "responseContext": {
                "statusCode": 200,
                "executedVersion": "$LATEST",
                "functionError": "Unhandled",
            },
            "version": "1.0",
            "timestamp": _written(time.time()),
            "DDBStreamBatchInfo": {
                "shardId": shard_id,
                "startSequenceNumber": first["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": last["dynamodb"]["SequenceNumber"],
                "approximateArrivalOfFirstRecord": _written(created_at(first)),
                "approximateArrivalOfLastRecord": _written(created_at(last)),
                "batchSize": len(records),
                "streamArn": self._stream_arn,
            },
        }
        url = self._queues.get_queue_url(QueueName=self._source.failures.rpartition(":")[2])
        self._queues.send_message(QueueUrl=url["QueueUrl"], MessageBody=json.dumps(message))


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _written(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
