"""What goes over the buses, on the console."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.resources import LOCAL_ACCOUNT_ID, Queue, Resources, Rule, queue_arn

_QUEUE_NAME = "local-console"
_WAIT_SECONDS = 1
_RETRY_SECONDS = 0.2
_MAX_READ = 10
_SINGLE_LINES = 10
"""In a second; an import makes thousands."""
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
    """Prints a line for each event: its type and its detail; in a rush, how many there were."""

    def __init__(self, *, queues: Any, log: Callable[[str], None], stop: threading.Event) -> None:
        self._queues = queues
        self._lines = EventLines(log)
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
        self._lines.tell([json.loads(message["Body"]) for message in messages], time.monotonic())
        if messages:
            self._queues.delete_message_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                    for place, message in enumerate(messages)
                ],
            )


class EventLines:
    """Tells the first few events of each second one by one, and of the others their number."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._begun = -math.inf
        self._told = 0
        self._untold: Counter[str] = Counter()

    def tell(self, events: Sequence[Mapping[str, Any]], now: float) -> None:
        """Tell of events that have just come; of none, what is still to be told."""
        if now - self._begun >= 1:
            for kind, count in self._untold.items():
                self._log(f"EVENTS {count} more x {kind}")
            self._begun, self._told = now, 0
            self._untold.clear()
        for event in events:
            self._told += 1
            if self._told > _SINGLE_LINES:
                self._untold[event["detail-type"]] += 1
            else:
                self._log(f"EVENT {event['detail-type']} {_shortened(event['detail'])}")


def _shortened(detail: Any) -> str:
    text = json.dumps(detail, ensure_ascii=False)
    return text if len(text) <= _MAX_DETAIL else f"{text[:_MAX_DETAIL]}..."
