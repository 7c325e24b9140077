"""Send delivery tasks to SQS.

Source: Amazon SQS Developer Guide, "Amazon SQS message quotas" and "Amazon SQS delay queues".
"""

from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.deliveries import DeliveryTask
from shared.domain.errors import Unavailable
from shared.validation.delivery_tasks import encode_task

_MAX_MESSAGES = 10
_MAX_BATCH_BYTES = 262_144
_LONGEST_DELAY_SECONDS = 900


class SqsDeliveryQueue:
    """Implements the port `DeliveryQueue` over an SQS queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, tasks: Sequence[DeliveryTask], after_seconds: int = 0) -> None:
        """Send tasks after a delay of at most 15 minutes.

        Tasks of one webhook form a message group. While the receiver of a large group is slow, the
        queue delivers messages of other groups first.
        Source: Amazon SQS Developer Guide, "How Amazon SQS fair queues work".
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
