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
    """Records the actions of this thread's calls that IAM would look at."""

    def __init__(self) -> None:
        self.actions: set[str] = set()
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
        if model.name != "TransactWriteItems":
            self.actions.add(model.name)
            return
        # A transaction needs the permissions of its parts.
        for write in json.loads(params["body"])["TransactItems"]:
            self.actions |= {_SINGLE[kind] for kind in write}


@cache
def allowed_actions(template_text: str, logical_id: str) -> frozenset[str]:
    """The DynamoDB actions that the template allows a function."""
    properties = parse_template(template_text)["Resources"][logical_id]["Properties"]
    return frozenset(
        action.removeprefix("dynamodb:")
        for policy in properties["Policies"]
        for statement in policy["Statement"]
        for action in statement["Action"]
    )
