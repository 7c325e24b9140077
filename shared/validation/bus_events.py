"""Encode and decode the events of the bus, in the format of `docs/events`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.domain.accounts import Attribution
from shared.domain.changes import (
    UNKNOWN_IDS,
    ActivityEntry,
    ContactIds,
    Content,
    Event,
    EventReference,
    EventType,
    LargeValue,
    WithheldValue,
)
from shared.domain.definitions import VariableType
from shared.domain.disclosure import Withheld
from shared.domain.webhooks import BusEvent
from shared.validation.instants import to_the_millisecond
from shared.validation.value_forms import json_form

SCHEMA_VERSION = 1

MAX_DETAIL_BYTES = 200_000
"""The most bytes of a detail; an entry of PutEvents may have 256 KB in total."""

FIRST_SEQUENCE = "first_sequence"
"""The member with the sequence of an event's first change, by which its log is found."""

_CONTACT = "contact_"

_REASONS = frozenset(Withheld)


def encode_event(event: Event) -> str:
    """Return the detail of an event as JSON.

    If the detail is larger than MAX_DETAIL_BYTES, its changes have no values, `truncated` is true,
    and the last changes may be missing.
    """
    detail = _envelope(event)
    if event.event_type is not EventType.CONTEXT_UPDATED:
        if event.event_type is EventType.CONTACT_UPDATED:
            detail["fields"] = list(event.fields)
        if event.event_type is EventType.CONTACT_MERGED:
            detail["merged_contact_ids"] = [f"{_CONTACT}{each}" for each in event.merged_ids]
        if event.visible_to is not None:
            # The contact no longer exists, so the event itself must say who may see it.
            detail["visible_to"] = dict(zip(("owner", "team"), event.visible_to, strict=True))
        return _json(detail)
    # The first change of the event may be missing in `changes`, because its variable is archived.
    detail[FIRST_SEQUENCE] = event.entries[0].event_range[0]
    detail["changes"] = [_change(entry) for entry in event.entries]
    detail["truncated"] = False
    first = event.entries[0].sequence
    detail["activity_url"] = f"/v1/contacts/{detail['contact_id']}/activity?after={first - 1}"
    full = _json(detail)
    if len(full.encode()) <= MAX_DETAIL_BYTES:
        return full
    return _truncated(detail)


def _truncated(detail: dict[str, Any]) -> str:
    """Return a detail without values, and with as many of its changes as fit."""
    changes = [_without_contents(each) for each in detail["changes"]]
    while True:
        text = _json({**detail, "changes": changes, "truncated": True})
        if len(text.encode()) <= MAX_DETAIL_BYTES:
            return text
        changes = changes[: len(changes) // 2]


def decode_event(detail: Mapping[str, Any]) -> BusEvent:
    """Return the event of a parsed detail.

    Raises:
        KeyError, TypeError, ValueError: The detail is not an event of this service.

    """
    occurred_at = datetime.fromisoformat(detail["occurred_at"])
    viewers = detail.get("visible_to")
    reference = EventReference(
        contact_id=int(detail["contact_id"].removeprefix(_CONTACT)),
        by=Attribution(
            occurred_at,
            channel=detail.get("source") or "",
            key_id=detail.get("key_id") or "",
            request_id=detail.get("request_id") or "",
            origin_id=detail.get("origin_id"),
        ),
        sequence=_first_sequence(detail),
        fields=tuple(detail.get("fields", ())),
        visible_to=None if viewers is None else (viewers["owner"], viewers["team"]),
        merged_ids=tuple(
            int(each.removeprefix(_CONTACT)) for each in detail.get("merged_contact_ids", ())
        ),
        deleted_ids=_deleted_ids(detail),
    )
    return BusEvent(
        event_id=detail["id"],
        topic=detail["type"],
        occurred_at=occurred_at,
        account_id=detail["account_id"],
        document=dict(detail),
        reference=reference,
    )


def _first_sequence(detail: Mapping[str, Any]) -> int | None:
    # Events that an earlier version published have it in their changes alone.
    changes: list[Any] = detail.get("changes") or [{}]
    found: int | None = detail.get(FIRST_SEQUENCE) or changes[0].get("sequence")
    return found


def _deleted_ids(detail: Mapping[str, Any]) -> ContactIds:
    # The ids of other contacts are read with the contact, and not stored with deliveries.
    if detail["type"] != EventType.CONTACT_DELETED:
        return UNKNOWN_IDS
    return ContactIds(detail.get("contact_external_id"), detail.get("contact_uuid"))


def as_published(event: Event) -> BusEvent:
    """Return an event as readers of the bus get it."""
    return decode_event(json.loads(encode_event(event)))


def _envelope(event: Event) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "id": event.event_id,
        "type": str(event.event_type),
        "occurred_at": to_the_millisecond(event.by.at),
        "account_id": event.account_id,
        "contact_id": f"{_CONTACT}{event.contact_id}",
        "contact_external_id": event.ids.external_id,
        "contact_uuid": event.ids.uuid,
        "source": event.by.channel or None,
        "key_id": event.by.key_id or None,
        "request_id": event.by.request_id or None,
        "origin_id": event.by.origin_id,
    }


def _change(entry: ActivityEntry) -> dict[str, Any]:
    change = entry.change
    return {
        "sequence": entry.sequence,
        "variable": change.variable,
        "type": str(change.variable_type),
        "old": _content(change.variable_type, change.old),
        "new": _content(change.variable_type, change.new),
        "value_source": str(entry.value_source),
    }


def _content(variable_type: VariableType, content: Content | None) -> Any:
    if isinstance(content, WithheldValue):
        return {"withheld": content.reason}
    if isinstance(content, LargeValue):
        return {"bytes": content.size, "sha256": content.sha256}
    return None if content is None else json_form(variable_type, content)


def is_placeholder(content: Any) -> bool:
    """Return whether a change has its size or a reason in place of a value.

    Values of the types `currency` and `json` are objects too, with other members.
    """
    match content:
        case {"bytes": int(), "sha256": str(), **others}:
            return not others
        case {"withheld": str(reason), **others}:
            return not others and reason in _REASONS
    return False


def _without_contents(change: dict[str, Any]) -> dict[str, Any]:
    return {name: change[name] for name in ("sequence", "variable", "type")}


def _json(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
