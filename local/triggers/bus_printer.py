"""What goes over the buses, on the console."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.resources import LOCAL_ACCOUNT_ID, Queue, Resources, Rule, queue_arn

_QUEUE_NAME = "local-console"
_WAIT_SECONDS = 2
_RETRY_SECONDS = 0.2
_MAX_READ = 10
_MAX_SINGLE_LINES = 5
_MAX_DETAIL = 500
"""Characters; an event may be 256 KB."""


def with_console(resources: Resources) -> Resources:
    """Let every bus of the template tell a queue for the console of all that goes over it."""
    if not resources.buses:
        return resources
    rules = tuple(
        Rule(
            name=_QUEUE_NAME,
            bus=bus,
            pattern=json.dumps({"account": [LOCAL_ACCOUNT_ID]}),
            targets=({"Id": "console", "Arn": queue_arn(_QUEUE_NAME)},),
        )
        for bus in resources.buses
    )
    return Resources(
        queues=(*resources.queues, Queue(name=_QUEUE_NAME, attributes={})),
        buses=resources.buses,
        rules=(*resources.rules, *rules),
        buckets=resources.buckets,
    )


class BusPrinter:
    """Prints one line for each event: its type and its detail; of many at once, their number."""

    def __init__(self, *, queues: Any, log: Callable[[str], None], stop: threading.Event) -> None:
        self._queues = queues
        self._log = log
        self._stop = stop

    def run(self) -> None:
        """Print until stopped."""
        url = ""
        while not self._stop.is_set():
            try:
                url = url or self._queues.get_queue_url(QueueName=_QUEUE_NAME)["QueueUrl"]
                self._print_next(url)
            except (BotoCoreError, ClientError):
                self._stop.wait(_RETRY_SECONDS)

    def _print_next(self, url: str) -> None:
        received = self._queues.receive_message(
            QueueUrl=url, MaxNumberOfMessages=_MAX_READ, WaitTimeSeconds=_WAIT_SECONDS
        )
        messages = received.get("Messages", [])
        if not messages:
            return
        for line in event_lines([json.loads(message["Body"]) for message in messages]):
            self._log(line)
        self._queues.delete_message_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(messages)
            ],
        )


def event_lines(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines that tell of events that came together."""
    if len(events) > _MAX_SINGLE_LINES:
        kinds = Counter(event["detail-type"] for event in events)
        return [f"EVENTS {count} x {kind}" for kind, count in kinds.items()]
    return [f"EVENT {event['detail-type']} {_shortened(event['detail'])}" for event in events]


def _shortened(detail: Any) -> str:
    text = json.dumps(detail, ensure_ascii=False)
    return text if len(text) <= _MAX_DETAIL else f"{text[:_MAX_DETAIL]}..."
