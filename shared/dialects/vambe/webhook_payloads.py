"""Webhook payloads in Vambe's format.

Source: Vambe, "Webhooks". It shows two payloads: one of `event`, `timestamp` and `data` with the
contact, and one of `type`, `aiContactId` and `data`. The payload here has the members of both.
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.domain.changes import EventType
from shared.domain.contacts import Contact
from shared.domain.definitions import VariableType
from shared.domain.json_values import JsonObject
from shared.domain.webhooks import BusEvent, PayloadFormat
from shared.validation.bus_events import is_placeholder
from shared.validation.instants import to_the_millisecond
from shared.validation.value_forms import plain_form
from shared.validation.value_text import to_text

_TOPICS: Mapping[str, str] = {
    EventType.CONTACT_CREATED: "contact.created",
    EventType.CONTACT_UPDATED: "contact.updated",
    EventType.CONTEXT_UPDATED: "contact.updated",
}


def _payload(event: BusEvent, contact: Contact | None) -> JsonObject | None:
    topic = _TOPICS.get(event.topic)
    if topic is None or contact is None:
        return None
    return {
        "event": topic,
        "type": topic,
        "timestamp": to_the_millisecond(event.occurred_at),
        "aiContactId": contact.uuid,
        "data": {
            "contact_id": contact.uuid,
            **_contact_details(contact),
            **_changed_fields(event),
        },
    }


def _contact_details(contact: Contact) -> JsonObject:
    return {
        "contact_name": contact.full_name,
        "email": contact.email,
        "phone": contact.phone_number,
        "platform": contact.platform,
    }


def _changed_fields(event: BusEvent) -> JsonObject:
    """Return the changed custom fields as text, with null for removed ones.

    Fields whose values the event omits are omitted here too. Null would mark them as removed.
    """
    changes: Any = event.document.get("changes") or []
    shown = [each for each in changes if "new" in each and not is_placeholder(each["new"])]
    return {"metadata": {each["variable"]: _text(each) for each in shown}} if shown else {}


def _text(change: Mapping[str, Any]) -> str | None:
    """Return the new value as the rest of the API shows it, as text."""
    new = change["new"]
    if isinstance(new, dict | list):
        # Values of structured types are stored as JSON, which the event has parsed.
        stored = json.dumps(new, ensure_ascii=False, separators=(",", ":"))
        new = plain_form(VariableType(change["type"]), stored)
    return None if new is None else to_text(new)


PAYLOADS = PayloadFormat(_payload, shows_contact=True)
"""Vambe's format, which includes the contact of the event."""
