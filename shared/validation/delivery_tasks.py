"""Encode and decode the messages of delivery tasks."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.deliveries import DeliveryTask, Viewer
from shared.domain.disclosure import Sensitivity
from shared.domain.errors import InvalidField

_ESCAPED = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
"""Characters that JSON allows unescaped and SQS does not.

Source: Amazon SQS API Reference, "SendMessage", characters of a message.
"""


def encode_task(task: DeliveryTask) -> str:
    """Return the message body of a task."""
    document = {
        "account_id": task.account_id,
        "webhook_id": task.webhook_id,
        "event_id": task.event_id,
        "occurred_at": task.occurred_at.isoformat(),
        # The name that messages of earlier versions have.
        "attempt": task.attempts_before,
        "payload": task.payload,
        "contact_id": task.contact_id,
        "viewer": _encode_viewer(task.viewer),
    }
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def decode_task(body: str) -> DeliveryTask:
    """Parse the message body of a task.

    Raises:
        InvalidField: The body is not a delivery task.

    """
    try:
        return _to_task(json.loads(body))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidField("body", "it is not a delivery task") from error


def _to_task(document: Mapping[str, Any]) -> DeliveryTask:
    return DeliveryTask(
        account_id=document["account_id"],
        webhook_id=document["webhook_id"],
        event_id=document["event_id"],
        occurred_at=datetime.fromisoformat(document["occurred_at"]),
        payload=document["payload"],
        attempts_before=document["attempt"],
        contact_id=document.get("contact_id"),
        viewer=_decode_viewer(document.get("viewer")),
    )


def _encode_viewer(viewer: Viewer | None) -> list[Any] | None:
    if viewer is None:
        return None
    plain = [viewer.user, sorted(viewer.teams)]
    return plain if viewer.sensitivity is Sensitivity.SENSITIVE else [*plain, viewer.sensitivity]


def _decode_viewer(plain: Sequence[Any] | None) -> Viewer | None:
    if not plain:
        return None
    user, teams, *sensitivity = plain
    if not sensitivity:
        return Viewer(user, frozenset(teams))
    return Viewer(user, frozenset(teams), Sensitivity(sensitivity[0]))
