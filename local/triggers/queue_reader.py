"""Run a function on a queue, as an event source mapping of Lambda does.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.event_filter import passes
from local.event_sources import QueueSource
from local.triggers.invocation import Invoker
from local.triggers.records import queue_record

_WAIT_SECONDS = 2
_RETRY_SECONDS = 0.2
_MAX_READ = 10

Message = Mapping[str, Any]


class QueueReader:
    """Reads one queue with a few concurrent batches.

    A message stays in the queue until it is processed. A failed one becomes visible again after
    its visibility timeout, until the redrive policy of the queue moves it to the dead letters.

    Args:
        source: The event source.
        invoker: Calls its function.
        queues: An SQS client.
        stop: Set to stop.
    """

    def __init__(
        self, source: QueueSource, invoker: Invoker, *, queues: Any, stop: threading.Event
    ) -> None:
        self._source = source
        self._invoker = invoker
        self._queues = queues
        self._stop = stop
        self._free = threading.Semaphore(source.max_concurrency)
        self._handling: set[threading.Thread] = set()
        self._changing = threading.Lock()

    def run(self) -> None:
        """Read until stopped. Retry while the engine does not respond."""
        url = self._url()
        while not self._stop.is_set():
            self._free.acquire()
            messages = self._next_batch(url) if url else []
            if not messages:
                self._free.release()
                continue
            thread = threading.Thread(
                target=self._handle, args=(url, messages), name=self._source.name, daemon=True
            )
            # A thread can be waited for only once it has started, and it removes itself.
            with self._changing:
                thread.start()
                self._handling.add(thread)

    def join(self, deadline: float) -> None:
        """Wait for the batches that are being processed, but not for the next messages.

        Args:
            deadline: When to give up, by `time.monotonic`.
        """
        with self._changing:
            handling = list(self._handling)
        for thread in handling:
            thread.join(max(0, deadline - time.monotonic()))

    def _url(self) -> str:
        name = self._source.queue.rpartition(":")[2]
        while not self._stop.is_set():
            try:
                return str(self._queues.get_queue_url(QueueName=name)["QueueUrl"])
            except (BotoCoreError, ClientError):
                self._stop.wait(_RETRY_SECONDS)
        return ""

    def _next_batch(self, url: str) -> list[Message]:
        """Return a batch that is full, has reached the batching window, or has all messages."""
        try:
            batch = self._receive(url, self._source.batch_size, _WAIT_SECONDS)
        except (BotoCoreError, ClientError):
            self._stop.wait(_RETRY_SECONDS)
            return []
        window_ends = time.monotonic() + self._source.window_seconds
        while batch and len(batch) < self._source.batch_size and not self._stop.is_set():
            left = window_ends - time.monotonic()
            try:
                more = self._receive(url, self._source.batch_size - len(batch), max(0, int(left)))
            except (BotoCoreError, ClientError):
                break
            batch += more
            if not more and left <= 1:
                break
        return batch

    def _receive(self, url: str, count: int, wait_seconds: int) -> list[Message]:
        received = self._queues.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(count, _MAX_READ),
            WaitTimeSeconds=wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(received.get("Messages", []))

    def _handle(self, url: str, messages: Sequence[Message]) -> None:
        try:
            done = self._done(messages)
            for start in range(0, len(done), _MAX_READ):
                self._delete(url, done[start : start + _MAX_READ])
        except (BotoCoreError, ClientError):
            # The messages become visible again, as on Lambda when the deletion fails.
            return
        finally:
            with self._changing:
                self._handling.discard(threading.current_thread())
            self._free.release()

    def _done(self, messages: Sequence[Message]) -> list[Message]:
        """Call the function and return the messages to delete."""
        records = {each["MessageId"]: queue_record(each, self._source.queue) for each in messages}
        # Lambda deletes messages that match no filter.
        wanted = {
            message_id: record
            for message_id, record in records.items()
            if passes(self._source.patterns, _readable(record))
        }
        failed = (
            self._invoker.call({"Records": list(wanted.values())}, list(wanted))
            if wanted
            else set()
        )
        return [message for message in messages if message["MessageId"] not in failed]

    def _delete(self, url: str, messages: Sequence[Message]) -> None:
        self._queues.delete_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(messages)
            ],
        )


def _readable(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record for filters, with a JSON body parsed."""
    try:
        return {**record, "body": json.loads(record["body"])}
    except ValueError:
        return record
