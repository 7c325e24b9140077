"""What a handler asks of AWS, held against the policy that the template gives it."""

import json
from functools import cache
from threading import get_ident
from typing import Any, Self

from local.intrinsics import parse_template
from shared import import_wiring, webhook_wiring, wiring

_SINGLE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_OF_QUEUES = {
    "SendMessage": ("SendMessage", "queue"),
    "SendMessageBatch": ("SendMessage", "queue"),
}
_OF_THE_SERVICE = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
"""What Lambda itself does with the queue of a trigger."""

_OF_FILES = "s3:"
"""Used by whoever has an address that a function has signed, or by the one reader of files."""


class Recorder:
    """Records what this thread's calls do that IAM would look at: action, and table or index."""

    def __init__(self) -> None:
        self.actions: set[tuple[str, str]] = set()
        self._thread = get_ident()
        self._id = f"recorder-{id(self)}"

    def __enter__(self) -> Self:
        self._events = wiring.table()._client.meta.events
        self._events.register("before-call.dynamodb", self._note, unique_id=self._id)
        queues = (webhook_wiring.delivery_queue(), import_wiring.import_queue())
        self._queue_events = [queue._client.meta.events for queue in queues]
        for events in self._queue_events:
            events.register("before-call.sqs", self._note_queue, unique_id=self._id)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-call.dynamodb", unique_id=self._id)
        for events in self._queue_events:
            events.unregister("before-call.sqs", unique_id=self._id)

    def _note_queue(self, model: Any, **_: Any) -> None:
        if get_ident() == self._thread:
            self.actions.add(_OF_QUEUES[model.name])

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if get_ident() != self._thread:
            return
        body = json.loads(params["body"])
        if model.name != "TransactWriteItems":
            self.actions.add((model.name, "index" if "IndexName" in body else "table"))
            return
        # A transaction needs the permissions of its parts.
        for write in body["TransactItems"]:
            self.actions |= {(_SINGLE[kind], "table") for kind in write}


@cache
def allowed_actions(template_text: str, logical_id: str) -> frozenset[tuple[str, str]]:
    """The actions that the template allows a function, each on the table, an index or a queue."""
    properties = _resources(template_text)[logical_id]["Properties"]
    return frozenset(
        (action.partition(":")[2], _kind(action, resource))
        for policy in properties.get("Policies", [])
        for statement in policy["Statement"]
        for action in statement["Action"]
        if action not in _OF_THE_SERVICE and not action.startswith(_OF_FILES)
        for resource in _as_list(statement["Resource"])
    )


@cache
def _resources(template_text: str) -> dict[str, Any]:
    return parse_template(template_text)["Resources"]


def _kind(action: str, resource: Any) -> str:
    if action.startswith("sqs:"):
        return "queue"
    return "index" if "index" in str(resource) else "table"


def _as_list(resources: Any) -> list[Any]:
    return resources if isinstance(resources, list) else [resources]
