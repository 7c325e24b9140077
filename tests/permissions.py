"""Compare the calls of a handler with its policy in the template."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from functools import cache
from threading import local
from typing import Any, Self

from local.intrinsics import parse_template
from shared.domain.errors import NotDeployed
from shared.wiring import endpoints as wiring
from shared.wiring import imports as import_wiring
from shared.wiring import resolving as resolving_wiring
from shared.wiring import webhooks as webhook_wiring

_SINGLE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_WRITES = ("DeleteItem", "PutItem", "UpdateItem")
_BOUNDED_READS = ("GetItem", "Query")
"""Reads for which a policy may limit the partition keys, as for writes."""
_OF_QUEUES = {
    "SendMessage": ("SendMessage", "queue"),
    "SendMessageBatch": ("SendMessage", "queue"),
}
_OF_THE_SERVICE = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
"""Actions of Lambda itself on the queue of a trigger."""

_OF_NO_CALL = {"s3:ListBucket"}
"""Lets S3 respond with 404 for an object that does not exist."""

_OF_FILES = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
}

_RECORDERS = local()
"""The recorders of each thread."""

_ACTIVE: "ContextVar[tuple[Recorder, ...]]" = ContextVar("recorders", default=())
"""The recorders of a thread, and of the threads that its work starts."""


def _recorded_client(service: str, config: Any) -> Any:
    client = wiring.aws_client(service, config)
    if service == "s3":
        # Called for calls, and for presigned URLs.
        client.meta.events.register("provide-client-params.s3", _note_file)
    return client


def _note_file(model: Any, params: dict[str, Any], **_: Any) -> None:
    folder, _, _ = params["Key"].partition("/")
    for recorder in getattr(_RECORDERS, "recorders", ()):
        recorder.actions.add((_OF_FILES[model.name], folder))


# A client of S3 takes long to make, so none is made only to be recorded.
import_wiring.aws_client = _recorded_client


class Recorder:
    """Records the action and the resource of each call of this thread, as IAM evaluates them."""

    def __init__(self) -> None:
        self.actions: set[tuple[str, str]] = set()
        self.writes: set[tuple[str, str]] = set()
        """Each action that writes to the table, with the partition key of the item."""
        self.reads: set[tuple[str, str]] = set()
        """Each action that reads one partition of the table, with its key."""
        self._id = f"recorder-{id(self)}"

    def __enter__(self) -> Self:
        self._token = _ACTIVE.set((*_ACTIVE.get(), self))
        self._table_events = [
            each.table()._client.meta.events for each in (wiring, resolving_wiring)
        ]
        for events in self._table_events:
            events.register("before-call.dynamodb", self._note, unique_id=self._id)
        self._queue_events = []
        for queue in (webhook_wiring.delivery_queue, import_wiring.import_queue):
            # Without a queue, nothing is sent.
            with suppress(NotDeployed):
                self._queue_events.append(queue()._client.meta.events)
        for events in self._queue_events:
            events.register("before-call.sqs", self._note_queue, unique_id=self._id)
        _RECORDERS.recorders = (*getattr(_RECORDERS, "recorders", ()), self)
        return self

    def __exit__(self, *_: object) -> None:
        _RECORDERS.recorders = _RECORDERS.recorders[:-1]
        _ACTIVE.reset(self._token)
        for events in self._table_events:
            events.unregister("before-call.dynamodb", unique_id=self._id)
        for events in self._queue_events:
            events.unregister("before-call.sqs", unique_id=self._id)

    def _note_queue(self, model: Any, **_: Any) -> None:
        if self in _ACTIVE.get():
            self.actions.add(_OF_QUEUES[model.name])

    def _note(self, model: Any, params: dict[str, Any], **_: Any) -> None:
        if self not in _ACTIVE.get():
            return
        body = json.loads(params["body"])
        if model.name != "TransactWriteItems":
            self.actions.add((model.name, "index" if "IndexName" in body else "table"))
            if model.name in _WRITES:
                self.writes.add((model.name, _partition_key(body)))
            elif model.name in _BOUNDED_READS and "IndexName" not in body:
                self.reads.add((model.name, _read_partition_key(body)))
            return
        # A transaction needs the permissions of its parts.
        for write in body["TransactItems"]:
            self.actions |= {(_SINGLE[kind], "table") for kind in write}
            self.writes |= {
                (_SINGLE[kind], _partition_key(part))
                for kind, part in write.items()
                if _SINGLE[kind] in _WRITES
            }


@cache
def allowed_actions(template_text: str, logical_id: str) -> frozenset[tuple[str, str]]:
    """Return the actions that the template allows a function, each with its resource."""
    return frozenset(
        (action.partition(":")[2], _kind(action, resource))
        for statement in _statements(template_text, logical_id)
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        if action not in _OF_THE_SERVICE | _OF_NO_CALL
        for resource in _as_list(statement["Resource"])
    )


def denied_calls(template_text: str, logical_id: str, recorder: Recorder) -> set[tuple[str, str]]:
    """Return the recorded calls that IAM would deny a function because of partition keys."""
    calls = recorder.writes | recorder.reads
    return {call for call in calls if not is_permitted(template_text, logical_id, *call)}


@cache
def is_permitted(template_text: str, logical_id: str, action: str, partition_key: str) -> bool:
    """Return whether IAM allows a function to read or write a partition.

    Source: AWS IAM User Guide, "Policy evaluation logic", and "Set operators for multivalued
    context keys"; these calls have one leading key, so that all and any are the same.
    """
    effects = {
        statement["Effect"]
        for statement in _statements(template_text, logical_id)
        if f"dynamodb:{action}" in statement["Action"]
        and all(
            _meets(operator, keys, partition_key)
            for operator, keys in statement.get("Condition", {}).items()
        )
    }
    return effects == {"Allow"}


def _meets(operator: str, keys: dict[str, list[str]], partition_key: str) -> bool:
    [(name, patterns)] = keys.items()
    assert name == "dynamodb:LeadingKeys"
    is_like = any(_is_like(pattern, partition_key) for pattern in patterns)
    qualifier, _, comparison = operator.partition(":")
    assert qualifier in ("ForAllValues", "ForAnyValue")
    return {"StringLike": is_like, "StringNotLike": not is_like}[comparison]


def _is_like(pattern: str, text: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _statements(template_text: str, logical_id: str) -> Iterator[dict[str, Any]]:
    """Return the statements of a function's policy, and of the managed ones that it refers to."""
    resources = _resources(template_text)
    for policy in resources[logical_id]["Properties"].get("Policies", []):
        is_managed = "Ref" in policy
        document = (
            resources[policy["Ref"]]["Properties"]["PolicyDocument"] if is_managed else policy
        )
        yield from document["Statement"]


def _partition_key(write: dict[str, Any]) -> str:
    return str((write.get("Key") or write["Item"])["pk"]["S"])


def _read_partition_key(read: dict[str, Any]) -> str:
    key = read["Key"]["pk"] if "Key" in read else read["ExpressionAttributeValues"][":pk"]
    return str(key["S"])


@cache
def _resources(template_text: str) -> dict[str, Any]:
    return parse_template(template_text)["Resources"]


def _kind(action: str, resource: Any) -> str:
    if action.startswith("sqs:"):
        return "queue"
    if action.startswith("s3:"):
        return "uploads" if "/uploads/" in str(resource) else "errors"
    return "index" if "index" in str(resource) else "table"


def _as_list(resources: Any) -> list[Any]:
    return resources if isinstance(resources, list) else [resources]
