"""What webhooks are sent in Vambe's words.

Source: Vambe, "Webhooks", which shows two forms of a payload: `event`, `timestamp` and `data` with
the contact in it, and `type`, `aiContactId` and `data`. Both are sent as one.
"""

from collections.abc import Mapping
from typing import Any

from shared.domain.changes import EventType
from shared.domain.contacts import Contact
from shared.domain.variables import JsonObject
from shared.domain.webhooks import BusEvent, PayloadFormat
from shared.validation.instants import to_the_millisecond
from shared.validation.value_text import to_text

_WORDS: Mapping[str, str] = {
    EventType.CONTACT_CREATED: "contact.created",
    EventType.CONTACT_UPDATED: "contact.updated",
    EventType.CONTEXT_UPDATED: "contact.updated",
}


def _payload(event: BusEvent, contact: Contact | None) -> JsonObject | None:
    word = _WORDS.get(event.topic)
    if word is None:
        return None
    uuid = contact.uuid if contact else None
    return {
        "event": word,
        "type": word,
        "timestamp": to_the_millisecond(event.occurred_at),
        "aiContactId": uuid,
        "data": {"contact_id": uuid, **_known_of(contact), **_changed(event)},
    }


def _known_of(contact: Contact | None) -> JsonObject:
    if contact is None:
        return {}
    return {
        "contact_name": contact.full_name,
        "email": contact.email,
        "phone": contact.phone_number,
        "platform": contact.platform,
    }


def _changed(event: BusEvent) -> JsonObject:
    """The custom fields that have changed, as text; null for one that was removed.

    Those whose values the event leaves out are left out here, too: null would remove them.
    """
    changes: Any = event.document.get("changes") or []
    told = [each for each in changes if "new" in each and not _is_told_by_size(each)]
    return {"metadata": {each["variable"]: _text(each["new"]) for each in told}} if told else {}


def _is_told_by_size(change: Mapping[str, Any]) -> bool:
    # No type of values is an object, so one stands for a value that is too large for an event.
    return isinstance(change["new"], Mapping)


def _text(value: Any) -> str | None:
    return None if value is None else to_text(value)


PAYLOADS = PayloadFormat(_payload, shows_contact=True)
"""How events are worded: with the contact that they are about."""
