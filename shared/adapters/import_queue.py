"""Send run messages of imports to SQS.

Source: Amazon SQS Developer Guide, "Amazon SQS fair queues".
"""

from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import Unavailable
from shared.domain.imports import RunMessage
from shared.validation.run_messages import encode_run_message


class SqsImportQueue:
    """Implements the port `ImportQueue` over an SQS queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: RunMessage, delay_seconds: int) -> None:
        """Send a run message in the message group of its account."""
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=encode_run_message(message),
                DelaySeconds=delay_seconds,
                MessageGroupId=_group_id(message.account_id),
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable from error


def _group_id(account_id: str) -> str:
    # A group id has at most 128 characters, an account id can have more.
    return sha256(account_id.encode()).hexdigest()
