"""Run a function on the table's stream, as an event source mapping of Lambda does.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.engines.stream_filter import LAST_NUMBER
from local.event_filter import passes
from local.event_sources import NO_LIMIT, StreamSource
from local.positions import Positions
from local.resources import LOCAL_ACCOUNT_ID
from local.triggers.invocation import Caller
from local.triggers.records import created_at, json_stream_record
from shared.validation.instants import to_the_millisecond

_POLL_SECONDS = 0.1
_FIRST_RETRY_SECONDS = 0.2
_LAST_RETRY_SECONDS = 10.0
_READ_LIMIT = 1000

Record = Mapping[str, Any]


class StreamReader:
    """Reads one stream, one batch at a time, from its last position.

    Args:
        source: The event source.
        invoker: Calls its function.
        stream_arn: The ARN of the table's stream.
        streams: A DynamoDB Streams client.
        queues: An SQS client, for the on-failure destination.
        positions: The positions of all readers.
        stop: Set to stop.
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
        """Read until stopped. Retry while the engine does not respond or the disk is full."""
        while not self._stop.is_set():
            try:
                self._read_shards()
            except (BotoCoreError, ClientError, OSError):
                self._stop.wait(_FIRST_RETRY_SECONDS)

    def _read_shards(self) -> None:
        """Read the shards in order: a closed shard before its children."""
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
            if records and not self._process(shard_id, records, tries=0):
                return
            self._positions.keep(self._source.name, position)

    def _batches(self, shard_id: str) -> Iterator[tuple[list[Record], int]]:
        """Yield batches that are full, have reached the batching window, or have all records.

        Each has the position to store after it: that of its last record or of later records that
        match no filter.
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
        """Yield the records of each read after the stored position, until the end of the shard.

        Each has the sequence number of the last scanned record, which the engine's filter may have
        omitted, or 0 if there is none after the position.
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

    def _process(self, shard_id: str, records: Sequence[Record], *, tries: int) -> bool:
        """Call the function until all records succeed or fail for good. Return False if stopped."""
        while not self._stop.is_set():
            if self._is_too_old(records[0]):
                self._report_failed(shard_id, records, "RecordAgeExceeded", tries)
                return True
            rest = self._call(records)
            if not rest:
                return True
            # Retry only the rest of the batch, with a new count of tries.
            tries = tries + 1 if len(rest) == len(records) else 1
            if len(rest) == len(records) > 1 and self._source.bisects:
                middle = len(rest) // 2
                halves = (rest[:middle], rest[middle:])
                return all(self._process(shard_id, each, tries=tries - 1) for each in halves)
            if tries > self._source.max_retries != NO_LIMIT:
                self._report_failed(shard_id, rest, "RetryAttemptsExhausted", tries)
                return True
            records = rest
            self._stop.wait(min(_FIRST_RETRY_SECONDS * 2 ** (tries - 1), _LAST_RETRY_SECONDS))
        return False

    def _call(self, records: Sequence[Record]) -> Sequence[Record]:
        """Call the function, and return the first failed record and all after it."""
        event = {"Records": [json_stream_record(record, self._stream_arn) for record in records]}
        ids = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = self._invoker.call(event, ids)
        return next((records[place:] for place, each in enumerate(ids) if each in failed), [])

    def _is_too_old(self, record: Record) -> bool:
        allowed = self._source.max_age_seconds
        return allowed != NO_LIMIT and time.time() - created_at(record) > allowed

    def _report_failed(
        self, shard_id: str, records: Sequence[Record], condition: str, tries: int
    ) -> None:
        """Send the positions of the failed records, without the records, to the failure queue."""
        if self._source.failures is None:
            return
        name = self._invoker.name
        region = self._source.failures.split(":")[3]
        first, last = records[0], records[-1]
        self._positions.keep_failed(_number(first))
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
    return to_the_millisecond(datetime.fromtimestamp(seconds, UTC))
