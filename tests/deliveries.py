"""Read the queue of deliveries in tests."""

import json
from contextlib import suppress
from typing import Any
from uuid import uuid4


class Queue:
    """A new queue on the engine."""

    def __init__(self, client: Any, dead_letters: "Queue | None" = None) -> None:
        self._client = client
        self._dead_letters = dead_letters
        name = f"webhook-deliveries-{uuid4().hex[:12]}"
        self.url = client.create_queue(QueueName=name)["QueueUrl"]

    def delete(self) -> None:
        with suppress(self._client.exceptions.QueueDoesNotExist):
            self._client.delete_queue(QueueUrl=self.url)

    def receive(self) -> list[dict[str, Any]]:
        """Return the messages of the queue as Lambda receives them. They stay in the queue."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self._client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            messages = answer.get("Messages", [])
            if not messages:
                return found
            found += [_record(message) for message in messages]

    def groups(self) -> list[str]:
        """Return the message groups of the messages in the queue."""
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        return [each["Attributes"]["MessageGroupId"] for each in answer["Messages"]]

    def tasks(self) -> list[dict[str, Any]]:
        """Return the bodies of the messages in the queue."""
        return [json.loads(record["body"]) for record in self.receive()]

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the bodies of the messages in the dead-letter queue."""
        return self._dead_letters.tasks() if self._dead_letters else []

    def remove(self, record: dict[str, Any]) -> None:
        """Delete a message, as Lambda does after it was processed."""
        self._client.delete_message(QueueUrl=self.url, ReceiptHandle=record["receiptHandle"])


def _record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {
            "ApproximateReceiveCount": message["Attributes"]["ApproximateReceiveCount"],
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:webhook-deliveries",
        "awsRegion": "us-east-1",
    }
