"""Dead letters: what could not be processed, and how it is tried again.

The dead letters of a queue are its messages, which go back into it.
Those of the table's stream only name records, which the stream still has for a day after they were
written: they are read there, and their function is called with them.
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
"""Calls the function of an ARN with an event, and raises RedriveError when it fails."""

_MARK = "DeadLetters"
_MAX_READ = 10
_HIDDEN_SECONDS = 300
"""How long messages are hidden while all of a queue are read."""

Message = Mapping[str, Any]


class RedriveError(Exception):
    """A dead letter could not be tried again, and stays; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """A queue of dead letters, and the URL of the queue they come from; None for a stream's."""

    name: str
    url: str
    source_url: str | None


def dead_letter_queues(
    queues: Any, stack: str, names_in_stack: Collection[str]
) -> list[DeadLetterQueue]:
    """Return the queues of a stack that hold dead letters.

    Args:
        queues: a client of SQS.
        stack: the name of the stack, which every queue of it begins with.
        names_in_stack: what its queues are called in its template. CloudFormation adds something
            of its own to them, while the local run does not.

    """
    pages = queues.get_paginator("list_queues").paginate(QueueNamePrefix=f"{stack}-")
    # A stack shop-prod has queues that begin with shop- as well.
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
    """Return the messages of a queue, which stay in it.

    Of more than can be read while they are hidden, some are left out.
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
    """Let messages that were received be seen again."""
    for start in range(0, len(messages), _MAX_READ):
        queues.change_message_visibility_batch(
            QueueUrl=queue.url,
            Entries=[
                {**_entry(place, message), "VisibilityTimeout": 0}
                for place, message in enumerate(messages[start : start + _MAX_READ])
            ],
        )


def send_back(queues: Any, queue: DeadLetterQueue, only: Collection[str] = ()) -> int:
    """Put the messages of a queue back to where they come from, and return how many they were.

    `only` names those that are meant, by id; all are unless it does.
    One that is put back is deleted after that: if this is cut short, it is there twice.
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
    """Delete the messages of a queue, those of these ids or all, and return how many they were."""
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
    """Call the function of a stream with what the messages of a queue name, oldest first.

    Args:
        queues: a client of SQS.
        streams: a client of DynamoDB's streams.
        queue: the stream's dead letters.
        patterns: the filters of the function.
        call: calls the function.
        only: the ids of the messages that are meant, all if it is empty.

    Returns: how many messages are done with, and for each that stays a sentence that says why.

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
    """The messages of a queue that are meant, hidden from others; those that are not stay seen."""
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
        # Not less: a short poll may miss messages that are there.
        WaitTimeSeconds=1,
    )
    return list(received.get("Messages", []))


def _delete(queues: Any, queue: DeadLetterQueue, message: Message) -> None:
    queues.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])


def _entry(place: int, message: Message) -> dict[str, Any]:
    return {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
