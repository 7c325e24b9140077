"""Webhook payloads in the native format.

Source: Standard Webhooks, "Webhook payload": `type`, `timestamp` and `data`.
"""

from shared.domain.contacts import Contact
from shared.domain.json_values import JsonObject
from shared.domain.webhooks import BusEvent, PayloadFormat
from shared.validation.instants import to_the_millisecond

_ENVELOPE = frozenset({"id", "type", "occurred_at", "visible_to"})


def _payload(event: BusEvent, _: Contact | None) -> JsonObject:
    data = {name: each for name, each in event.document.items() if name not in _ENVELOPE}
    at = to_the_millisecond(event.occurred_at)
    return {"type": event.topic, "timestamp": at, "data": data}


PAYLOADS = PayloadFormat(_payload)
"""The native format: the envelope of the specification, with the data of the bus event."""
