"""Invoke triggers with batches of queue messages as Lambda does."""

import json
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.api import TEMPLATE, handler
from tests.permissions import Recorder, allowed_actions, denied_calls

_IDS = count(1)


@dataclass
class Context:
    """The context of an invocation."""

    milliseconds: int = 29_000
    aws_request_id: str = "a-run"

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time."""
        return self.milliseconds


def record(body: Any, message_id: str | None = None, queue: str = "inbound") -> dict[str, Any]:
    """Build a message of a batch."""
    return {
        "messageId": message_id or f"message-{next(_IDS)}",
        "receiptHandle": "MessageReceiptHandle",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1700000000000",
            "SenderId": "123456789012",
            "ApproximateFirstReceiveTimestamp": "1700000000001",
        },
        "messageAttributes": {},
        "md5OfBody": "7b270e59b47ff90a553787216d55d91d",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{queue}",
        "awsRegion": "us-east-1",
    }


def failures(
    logical_id: str, *records: dict[str, Any], context: Context | None = None
) -> list[str]:
    """Invoke a trigger with a batch, and return the ids of the failed messages."""
    answer = trigger(logical_id, {"Records": list(records)}, context or Context())
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def trigger(logical_id: str, event: dict[str, Any], context: Any = None) -> Any:
    """Invoke the handler of a trigger. Asserts that its policy allows every call of AWS."""
    handle = handler(logical_id)
    with Recorder() as recorder:
        answer = handle(event, context)
    denied = recorder.actions - allowed_actions(TEMPLATE.read_text(), logical_id)
    denied |= denied_calls(TEMPLATE.read_text(), logical_id, recorder)
    assert not denied, f"the policy of {logical_id} lacks {denied}"
    return answer
