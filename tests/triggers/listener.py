"""Subscribe to the event bus: a rule that matches all events, and a queue."""

import json
from typing import Any

from tests.aws_resources import service_client

BUS = "contact-context-events"


class Listener:
    """All events on the bus, in order of arrival."""

    def __init__(self, services_url: str, name: str) -> None:
        events: Any = service_client("events", services_url)
        self._queues: Any = service_client("sqs", services_url)
        self._url = self._queues.create_queue(QueueName=name)["QueueUrl"]
        told = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        if BUS not in {bus["Name"] for bus in events.list_event_buses()["EventBuses"]}:
            events.create_event_bus(Name=BUS)
        pattern = json.dumps({"source": ["contact-context"]})
        events.put_rule(Name=name, EventBusName=BUS, EventPattern=pattern)
        target = {"Id": "listener", "Arn": told["Attributes"]["QueueArn"]}
        events.put_targets(Rule=name, EventBusName=BUS, Targets=[target])

    def received(self) -> list[dict[str, Any]]:
        """Return the events since the last call."""
        found: list[dict[str, Any]] = []
        while messages := self._receive():
            for message in messages:
                found.append(json.loads(message["Body"]))
                self._queues.delete_message(
                    QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        received: list[dict[str, Any]] = answer.get("Messages", [])
        return received
