"""Messages on SQS.

Source: Amazon SQS Developer Guide, "Amazon SQS message quotas" and "Amazon SQS delay queues".
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.deliveries import (
    DeliveryTask,
    Viewer,
)
from shared.domain.errors import Unavailable

_MAX_MESSAGES = 10
_MAX_BATCH_BYTES = 262_144
_LONGEST_DELAY_SECONDS = 900

_ESCAPED = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
"""What JSON may have as it is, and a message may not.

Source: Amazon SQS API Reference, "SendMessage", characters of a message.
"""


class SqsDeliveryQueue:
    """The port `DeliveryQueue` over a queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, orders: Sequence[DeliveryTask], after_seconds: int = 0) -> None:
        """Take in orders, each at least once; Unavailable if some may not have been taken.

        They are given after so many seconds, or after a quarter of an hour if that is sooner.
        Those of a webhook are a group: while the receiver of many of them is slow, the queue gives
        those of others first.
        Source: Amazon SQS Developer Guide, "How Amazon SQS fair queues work".
        """
        delay = min(after_seconds, _LONGEST_DELAY_SECONDS)
        for batch in _batches([(order.webhook_id, written(order)) for order in orders]):
            entries: Any = [
                {
                    "Id": str(place),
                    "MessageBody": body,
                    "MessageGroupId": webhook_id,
                    "DelaySeconds": delay,
                }
                for place, (webhook_id, body) in enumerate(batch)
            ]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise Unavailable from error
            if answer.get("Failed"):
                raise Unavailable


def written(order: DeliveryTask) -> str:
    """An order as a message has it."""
    document = {
        "account_id": order.account_id,
        "webhook_id": order.webhook_id,
        "event_id": order.event_id,
        "occurred_at": order.occurred_at.isoformat(),
        "attempt": order.attempt,
        "payload": order.payload,
        "contact_id": order.contact_id,
        "viewer": order.viewer and [order.viewer.user, sorted(order.viewer.teams)],
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def task_of(body: str) -> DeliveryTask:
    """The order of a message; raises KeyError, TypeError or ValueError when it is none."""
    document = json.loads(body)
    viewer = document.get("viewer")
    return DeliveryTask(
        account_id=document["account_id"],
        webhook_id=document["webhook_id"],
        event_id=document["event_id"],
        occurred_at=datetime.fromisoformat(document["occurred_at"]),
        payload=document["payload"],
        attempt=document["attempt"],
        contact_id=document.get("contact_id"),
        viewer=Viewer(viewer[0], frozenset(viewer[1])) if viewer else None,
    )


def _batches(messages: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    size = 0
    for group, body in messages:
        length = len(body.encode())
        if batch and (len(batch) == _MAX_MESSAGES or size + length > _MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((group, body))
        size += length
    if batch:
        yield batch
