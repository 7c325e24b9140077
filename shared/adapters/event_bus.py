"""Publish events on EventBridge in the format of `docs/events`.

Source: Amazon EventBridge API Reference, "PutEvents".
"""

import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.changes import (
    ActivityEntry,
    Content,
    Event,
    EventType,
    LargeValue,
    WithheldValue,
)
from shared.domain.errors import Unavailable
from shared.validation.instants import to_the_millisecond

SOURCE = "contact-context"
"""The `source` of all events of this service."""

SCHEMA_VERSION = 1

MAX_DETAIL_BYTES = 200_000
"""The most bytes of a detail; an entry of PutEvents may have 256 KB in total."""

_MAX_ENTRIES = 10


class EventBus:
    """Implements the port `Bus` over an EventBridge bus."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Sequence[Event]) -> None:
        """Publish events in as few requests as possible.

        Raises:
            Unavailable: Some events may not have been published.

        """
        entries = [self._entry(event) for event in events]
        while entries:
            part = _first_request(entries)
            self._put(part)
            entries = entries[len(part) :]

    def _put(self, entries: Sequence[dict[str, Any]]) -> None:
        try:
            response = self._client.put_events(Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable from error
        if response["FailedEntryCount"]:
            raise Unavailable

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": str(event.event_type),
            "Time": event.by.at,
            "Detail": to_json(event),
        }


def to_json(event: Event) -> str:
    """Return the detail of an event as JSON.

    If the detail is larger than MAX_DETAIL_BYTES, its changes have no values, `truncated` is true,
    and the last changes may be missing.
    """
    detail = _envelope(event)
    if event.event_type is not EventType.CONTEXT_UPDATED:
        if event.event_type is EventType.CONTACT_UPDATED:
            detail["fields"] = list(event.fields)
        if event.visible_to is not None:
            # The contact no longer exists, so the event itself must say who may see it.
            detail["visible_to"] = dict(zip(("owner", "team"), event.visible_to, strict=True))
        return _text(detail)
    detail["changes"] = [_change(entry) for entry in event.entries]
    detail["truncated"] = False
    first = event.entries[0].sequence
    detail["activity_url"] = f"/v1/contacts/{contact_reference(event)}/activity?after={first - 1}"
    full = _text(detail)
    if len(full.encode()) <= MAX_DETAIL_BYTES:
        return full
    trimmed = [_without_values(each) for each in detail["changes"]]
    while len((text := _text({**detail, "changes": trimmed, "truncated": True})).encode()) > (
        MAX_DETAIL_BYTES
    ):
        trimmed = trimmed[: len(trimmed) // 2]
    return text


def event_document(event: Event) -> dict[str, Any]:
    """Return the detail of an event as a parsed JSON object."""
    document: dict[str, Any] = json.loads(to_json(event))
    return document


def contact_reference(event: Event) -> str:
    """Return the id of the contact as events have it."""
    return f"contact_{event.contact_id}"


def _first_request(entries: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    # The size limit of PutEvents applies to all entries of a request together.
    size = 0
    for count, entry in enumerate(entries[:_MAX_ENTRIES]):
        size += len(entry["Detail"].encode())
        if count and size > MAX_DETAIL_BYTES:
            return entries[:count]
    return entries[:_MAX_ENTRIES]


def _envelope(event: Event) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "id": event.event_id,
        "type": str(event.event_type),
        "occurred_at": to_the_millisecond(event.by.at),
        "account_id": event.account_id,
        "contact_id": contact_reference(event),
        "contact_external_id": event.ids.external_id,
        "contact_uuid": event.ids.uuid,
        "source": event.by.source or None,
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
        "old": _content(change.old),
        "new": _content(change.new),
        "value_source": str(entry.value_source),
    }


def _content(content: Content | None) -> Any:
    if isinstance(content, WithheldValue):
        return {"withheld": content.reason}
    if isinstance(content, LargeValue):
        return {"bytes": content.size, "sha256": content.sha256}
    return content


def _without_values(change: dict[str, Any]) -> dict[str, Any]:
    return {name: change[name] for name in ("sequence", "variable", "type")}


def _text(detail: dict[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
