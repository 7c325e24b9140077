"""Send delivery tasks to SQS, and encode and decode their messages.

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
from shared.domain.disclosure import Sensitivity
from shared.domain.errors import Unavailable

_MAX_MESSAGES = 10
_MAX_BATCH_BYTES = 262_144
_LONGEST_DELAY_SECONDS = 900

_ESCAPED = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
"""Characters that JSON allows unescaped and SQS does not.

Source: Amazon SQS API Reference, "SendMessage", characters of a message.
"""


class SqsDeliveryQueue:
    """Implements the port `DeliveryQueue` over an SQS queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, tasks: Sequence[DeliveryTask], after_seconds: int = 0) -> None:
        """Send tasks, each at least once.

        Tasks of one webhook form a message group. While the receiver of a large group is slow, the
        queue delivers messages of other groups first.
        Source: Amazon SQS Developer Guide, "How Amazon SQS fair queues work".

        Args:
            tasks: The tasks to send.
            after_seconds: The delay of their messages, at most 15 minutes.

        Raises:
            Unavailable: Some tasks may not have been sent.

        """
        delay = min(after_seconds, _LONGEST_DELAY_SECONDS)
        for batch in _batches([(task.webhook_id, encode_task(task)) for task in tasks]):
            entries: Any = [
                {
                    "Id": str(index),
                    "MessageBody": body,
                    "MessageGroupId": webhook_id,
                    "DelaySeconds": delay,
                }
                for index, (webhook_id, body) in enumerate(batch)
            ]
            try:
                response = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise Unavailable from error
            if response.get("Failed"):
                raise Unavailable


def encode_task(task: DeliveryTask) -> str:
    """Return the message body of a task."""
    document = {
        "account_id": task.account_id,
        "webhook_id": task.webhook_id,
        "event_id": task.event_id,
        "occurred_at": task.occurred_at.isoformat(),
        "attempt": task.attempts_before,
        "payload": task.payload,
        "contact_id": task.contact_id,
        "viewer": _encode_viewer(task.viewer),
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def decode_task(body: str) -> DeliveryTask:
    """Parse the message body of a task.

    Raises:
        KeyError, TypeError, ValueError: The body is not a delivery task.

    """
    document = json.loads(body)
    return DeliveryTask(
        account_id=document["account_id"],
        webhook_id=document["webhook_id"],
        event_id=document["event_id"],
        occurred_at=datetime.fromisoformat(document["occurred_at"]),
        payload=document["payload"],
        attempts_before=document["attempt"],
        contact_id=document.get("contact_id"),
        viewer=_decode_viewer(document.get("viewer")),
    )


def _encode_viewer(viewer: Viewer | None) -> list[Any] | None:
    if viewer is None:
        return None
    plain = [viewer.user, sorted(viewer.teams)]
    return plain if viewer.sensitivity is Sensitivity.SENSITIVE else [*plain, viewer.sensitivity]


def _decode_viewer(plain: Sequence[Any] | None) -> Viewer | None:
    if not plain:
        return None
    user, teams, *sensitivity = plain
    return Viewer(user, frozenset(teams), *map(Sensitivity, sensitivity))


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
