"""Webhook payloads in the native format.

Source: Standard Webhooks, "Webhook payload": `type`, `timestamp` and `data`.
"""

from shared.domain.contacts import Contact
from shared.domain.json_values import JsonObject
from shared.domain.webhooks import BusEvent, PayloadFormat
from shared.validation.bus_events import FIRST_SEQUENCE
from shared.validation.instants import to_the_millisecond

_ENVELOPE = frozenset({"id", "type", "occurred_at"})
"""Members that the envelope of a webhook, or its headers, have under other names."""

_INTERNAL = frozenset({"visible_to", FIRST_SEQUENCE})
"""Members of the bus that receivers do not get."""

_NOT_DATA = _ENVELOPE | _INTERNAL


def _payload(event: BusEvent, _: Contact | None) -> JsonObject:
    data = {name: each for name, each in event.document.items() if name not in _NOT_DATA}
    at = to_the_millisecond(event.occurred_at)
    return {"type": event.topic, "timestamp": at, "data": data}


PAYLOADS = PayloadFormat(_payload)
"""The native format: the envelope of the specification, with the data of the bus event."""
