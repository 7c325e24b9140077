"""List, redrive and drop dead letters.

The dead letters of a queue are its messages. A redrive moves them back.
The dead letters of the table's stream name ranges of records. The stream has the records for 24
hours. A redrive reads them from the stream and calls their function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.event_filter import passes
from local.triggers.invocation import reported_failures
from local.triggers.records import stream_record

Call = Callable[[str, dict[str, Any]], Any]
"""Calls the function of an ARN with an event. Raises RedriveError if it fails."""

_MARK = "DeadLetters"
_MAX_READ = 10
_HIDDEN_SECONDS = 300
"""The visibility timeout of messages while a command reads the whole queue."""

Message = Mapping[str, Any]


class RedriveError(Exception):
    """A redrive failed and the dead letter stays. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A dead-letter queue, with the URL of its source queue, or None for a stream."""

    name: str
    url: str
    source_url: str | None


def dead_letter_queues(
    queues: Any, stack: str, names_in_stack: Collection[str]
) -> list[DeadLetterQueue]:
    """Return the dead-letter queues of a stack.

    Args:
        queues: An SQS client.
        stack: The name of the stack, which prefixes the names of its queues.
        names_in_stack: The names of the queues in the template. CloudFormation adds a suffix, the
            local run does not.
    """
    pages = queues.get_paginator("list_queues").paginate(QueueNamePrefix=f"{stack}-")
    # The queues of a stack shop-prod start with shop- too.
    chosen = "|".join(map(re.escape, names_in_stack))
    is_own = re.compile(rf".*/{re.escape(stack)}-(?:{chosen})(?:-[A-Za-z0-9]+)?").fullmatch
    urls = [url for page in pages for url in page.get("QueueUrls", []) if is_own(url)]
    sources = {}
    for url in urls:
        names = ["QueueArn", "RedrivePolicy"]
        known = queues.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        if "RedrivePolicy" in known:
            sources[json.loads(known["RedrivePolicy"])["deadLetterTargetArn"]] = url
    return [
        DeadLetterQueue(name, url, _source(sources, name))
        for url in sorted(urls)
        if _MARK in (name := url.rpartition("/")[2])
    ]


def peek(queues: Any, queue: DeadLetterQueue) -> list[Message]:
    """Return the messages of a queue without removing them.

    The result of a very long queue is incomplete, because the visibility timeout ends first.
    """
    seen: dict[str, Message] = {}
    is_new = True
    try:
        while is_new:
            batch = _receive(queues, queue.url, _HIDDEN_SECONDS)
            is_new = any(message["MessageId"] not in seen for message in batch)
            seen |= {message["MessageId"]: message for message in batch}
    finally:
        _show(queues, queue, list(seen.values()))
    return list(seen.values())


def _show(queues: Any, queue: DeadLetterQueue, messages: Sequence[Message]) -> None:
    """Make received messages visible again."""
    for start in range(0, len(messages), _MAX_READ):
        queues.change_message_visibility_batch(
            QueueUrl=queue.url,
            Entries=[
                {**_entry(place, message), "VisibilityTimeout": 0}
                for place, message in enumerate(messages[start : start + _MAX_READ])
            ],
        )


def send_back(queues: Any, queue: DeadLetterQueue, only: Collection[str] = ()) -> int:
    """Move messages of a dead-letter queue to its source queue, and return their number.

    `only` selects messages by id; without ids, all are moved.
    A message is sent before it is deleted, so an interruption duplicates it.
    """
    count = 0
    for message in _wanted(queues, queue, only):
        queues.send_message(
            QueueUrl=queue.source_url,
            MessageBody=message["Body"],
            MessageAttributes=message.get("MessageAttributes", {}),
        )
        _delete(queues, queue, message)
        count += 1
    return count


def drop(queues: Any, queue: DeadLetterQueue, only: Collection[str] = ()) -> int:
    """Delete the messages of a queue with these ids, or all, and return their number."""
    count = 0
    for message in _wanted(queues, queue, only):
        _delete(queues, queue, message)
        count += 1
    return count


def call_again(
    queues: Any,
    streams: Any,
    queue: DeadLetterQueue,
    *,
    patterns: Sequence[Mapping[str, Any]],
    call: Call,
    only: Collection[str] = (),
) -> tuple[int, list[str]]:
    """Call the function of a stream with the records that dead letters name, oldest first.

    Args:
        queues: An SQS client.
        streams: A DynamoDB Streams client.
        queue: The dead-letter queue of the stream.
        patterns: The filter patterns of the function.
        call: Calls the function.
        only: The ids of the messages to redrive. Empty means all.

    Returns:
        The number of redriven messages, and a sentence for each message that stays.
    """
    messages = list(_wanted(queues, queue, only))
    messages.sort(key=lambda message: int(_batch(message)["startSequenceNumber"]))
    faults = []
    for message in messages:
        batch_information = _batch(message)
        function = json.loads(message["Body"])["requestContext"]["functionArn"]
        try:
            _call_with(_records(streams, batch_information), patterns, call, function)
        except RedriveError as error:
            faults.append(f"{message['MessageId']}: {error}")
            queues.change_message_visibility(
                QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        else:
            _delete(queues, queue, message)
    return len(messages) - len(faults), faults


def _wanted(queues: Any, queue: DeadLetterQueue, only: Collection[str]) -> Iterator[Message]:
    """Receive the selected messages of a queue and keep the others visible."""
    others: list[Message] = []
    try:
        while batch := _receive(queues, queue.url, _HIDDEN_SECONDS):
            for message in batch:
                if only and message["MessageId"] not in only:
                    others.append(message)
                else:
                    yield message
    finally:
        _show(queues, queue, others)


def _call_with(
    records: Sequence[dict[str, Any]],
    patterns: Sequence[Mapping[str, Any]],
    call: Call,
    function: str,
) -> None:
    wanted = [record for record in records if passes(patterns, record)]
    answer = call(function, {"Records": wanted}) if wanted else None
    failed = reported_failures(answer, [each["dynamodb"]["SequenceNumber"] for each in wanted])
    if failed is None or failed:
        raise RedriveError(f"the function {function.rpartition(':')[2]} failed again.")


def _records(streams: Any, batch: Mapping[str, Any]) -> list[dict[str, Any]]:
    first, last = int(batch["startSequenceNumber"]), int(batch["endSequenceNumber"])
    try:
        iterator = streams.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
    except (
        streams.exceptions.TrimmedDataAccessException,
        streams.exceptions.ResourceNotFoundException,
    ) as error:
        raise RedriveError("the stream does not have its records any more.") from error
    read = _between(streams, iterator, first, last)
    return [stream_record(record, batch["streamArn"]) for record in read]


def _between(streams: Any, iterator: str | None, first: int, last: int) -> Iterator[Message]:
    while iterator:
        page = streams.get_records(ShardIterator=iterator)
        for record in page["Records"]:
            number = int(record["dynamodb"]["SequenceNumber"])
            if number > last:
                return
            if number >= first:
                yield record
            if number == last:
                return
        iterator = page.get("NextShardIterator")


def _batch(message: Message) -> Mapping[str, Any]:
    batch: Mapping[str, Any] = json.loads(message["Body"])["DDBStreamBatchInfo"]
    return batch


def _source(sources: Mapping[str, str], name: str) -> str | None:
    return next((url for arn, url in sources.items() if arn.rpartition(":")[2] == name), None)


def _receive(queues: Any, url: str, seconds: int) -> list[Message]:
    received = queues.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_MAX_READ,
        VisibilityTimeout=seconds,
        AttributeNames=["All"],
        MessageAttributeNames=["All"],
        # At least one second: short polling may miss messages.
        WaitTimeSeconds=1,
    )
    return list(received.get("Messages", []))


def _delete(queues: Any, queue: DeadLetterQueue, message: Message) -> None:
    queues.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])


def _entry(place: int, message: Message) -> dict[str, Any]:
    return {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
