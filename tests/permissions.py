"""What a handler asks of DynamoDB, held against the policy that the template gives it."""

import json
from functools import cache
from threading import get_ident
from typing import Any, Self

from local.intrinsics import parse_template
from shared import wiring

_SINGLE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


class Recorder:
    """Records what this thread's calls do that IAM would look at: action, and table or index."""

    def __init__(self) -> None:
        self.actions: set[tuple[str, str]] = set()
        self._thread = get_ident()
        self._id = f"recorder-{id(self)}"

    def __enter__(self) -> Self:
        self._events = wiring.table()._client.meta.events
        self._events.register("before-call.dynamodb", self._note, unique_id=self._id)
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-call.dynamodb", unique_id=self._id)

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
    """The DynamoDB actions that the template allows a function, on the table or an index."""
    properties = _resources(template_text)[logical_id]["Properties"]
    return frozenset(
        (action.removeprefix("dynamodb:"), "index" if "index" in str(resource) else "table")
        for policy in properties.get("Policies", [])
        for statement in policy["Statement"]
        for action in statement["Action"]
        for resource in _as_list(statement["Resource"])
    )


@cache
def _resources(template_text: str) -> dict[str, Any]:
    return parse_template(template_text)["Resources"]


def _as_list(resources: Any) -> list[Any]:
    return resources if isinstance(resources, list) else [resources]
