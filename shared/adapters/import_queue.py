"""Tickets for runs of imports on SQS.

Source: Amazon SQS Developer Guide, "Amazon SQS fair queues".
"""

import json
from hashlib import sha256
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import Unavailable
from shared.domain.imports import RunMessage


class SqsImportQueue:
    """The port `ImportQueue` over a queue."""

    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, ticket: RunMessage, delay_seconds: int) -> None:
        """Take in a ticket, at least once, to be given after a while; Unavailable if unsure."""
        document = {
            "account_id": ticket.account_id,
            "import_id": ticket.import_id,
            "run": ticket.run,
            "file": [ticket.file.size, ticket.file.etag] if ticket.file else None,
            "check": ticket.check,
        }
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps(document),
                DelaySeconds=delay_seconds,
                MessageGroupId=_group(ticket.account_id),
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable from error


def _group(account_id: str) -> str:
    """The message group of an account: its hash, since a group id has at most 128 characters."""
    return sha256(account_id.encode()).hexdigest()
