"""A reader of a queue that stops while it starts a batch."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from local.event_sources import QueueSource
from local.triggers.queue_reader import QueueReader

MESSAGE = {"MessageId": "m1", "ReceiptHandle": "r1", "Body": "{}", "MD5OfBody": "0"}
SOURCE = QueueSource(name="a batch", function="A", batch_size=1, queue="arn:aws:sqs:r:1:a-queue")
PATIENCE_SECONDS = 10


class Queue:
    """A queue with one message. It stops the reader when the message is received."""

    def __init__(self, stop: threading.Event) -> None:
        self.deleted: list[Any] = []
        self._stop = stop

    def get_queue_url(self, **_: Any) -> Mapping[str, str]:
        return {"QueueUrl": "a-url"}

    def receive_message(self, **_: Any) -> Mapping[str, Any]:
        self._stop.set()
        return {"Messages": [MESSAGE]}

    def delete_message_batch(self, **deletion: Any) -> None:
        self.deleted += deletion["Entries"]


class Succeeding:
    """Calls a function that processes every message."""

    def call(self, _: Any, __: Sequence[str]) -> set[str]:
        return set()


def test_a_batch_that_is_about_to_start_is_waited_for(monkeypatch: pytest.MonkeyPatch):
    stop = threading.Event()
    queue = Queue(stop)
    reader = QueueReader(SOURCE, Succeeding(), queues=queue, stop=stop)
    start = threading.Thread.start
    deleted: list[int] = []

    def join() -> None:
        reader.join(time.monotonic() + PATIENCE_SECONDS)
        deleted.append(len(queue.deleted))

    joining = threading.Thread(target=join, daemon=True)

    def start_late(thread: threading.Thread) -> None:
        if thread.name == SOURCE.name:
            start(joining)
            # Time for a reader that does not wait to fail.
            joining.join(0.05)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_late)
    reader.run()
    joining.join(PATIENCE_SECONDS)
    assert deleted == [1]
