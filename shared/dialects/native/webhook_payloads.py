"""What webhooks are sent in the words of the service's own API.

Source: Standard Webhooks, "Webhook payload": `type`, `timestamp` and `data`.
"""

from shared.domain.contacts import Contact
from shared.domain.variables import JsonObject
from shared.domain.webhooks import BusEvent, PayloadFormat
from shared.validation.instants import to_the_millisecond

_OF_THE_ENVELOPE = frozenset({"id", "type", "occurred_at", "visible_to"})


def _payload(event: BusEvent, _: Contact | None) -> JsonObject:
    data = {name: each for name, each in event.document.items() if name not in _OF_THE_ENVELOPE}
    at = to_the_millisecond(event.occurred_at)
    return {"type": event.topic, "timestamp": at, "data": data}


PAYLOADS = PayloadFormat(_payload)
"""How events are worded: their envelope as the specification has it, all else as on the bus."""
