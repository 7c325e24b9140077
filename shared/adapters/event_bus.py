"""Publish events on EventBridge.

Source: Amazon EventBridge API Reference, "PutEvents".
"""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.changes import Event
from shared.domain.errors import Unavailable
from shared.validation.bus_events import MAX_DETAIL_BYTES, encode_event

SOURCE = "contact-context"
"""The `source` of all events of this service."""

_MAX_ENTRIES = 10


class EventBus:
    """Implements the port `Bus` over an EventBridge bus."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Sequence[Event]) -> None:
        """Publish events in as few requests as possible."""
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
            "Detail": encode_event(event),
        }


def _first_request(entries: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    # The size limit of PutEvents applies to all entries of a request together.
    size = 0
    for count, entry in enumerate(entries[:_MAX_ENTRIES]):
        size += len(entry["Detail"].encode())
        if count and size > MAX_DETAIL_BYTES:
            return entries[:count]
    return entries[:_MAX_ENTRIES]
