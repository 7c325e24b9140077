"""Describe the events of webhooks in Vambe's format.

They are built by `shared/dialects/vambe/webhook_payloads.py`.
"""

from typing import Any

from openapi_documents.description import Event, JsonObject
from shared.dialects.vambe.webhook_requests import TOPICS

_UUID = "df980fc8-b6db-4820-bf22-2969482d106d"
_ID: JsonObject = {"type": "string", "format": "uuid"}
_TEXT: JsonObject = {"type": ["string", "null"]}
_DESCRIPTIONS = {
    "contact.created": "A contact was created.",
    "contact.updated": "Fields or custom fields of a contact have changed.",
}


def events(tag: str) -> list[Event]:
    """Describe the event of each topic."""
    return [_event(tag, topic) for topic in TOPICS]


def _event(tag: str, topic: str) -> Event:
    words = topic.replace(".", " ")
    changed = {"metadata": {"membership_level": "Gold"}} if topic == "contact.updated" else {}
    example: dict[str, Any] = {
        "event": topic,
        "type": topic,
        "timestamp": "2024-01-15T10:00:00.000Z",
        "aiContactId": _UUID,
        "data": {
            "contact_id": _UUID,
            "contact_name": "John Smith",
            "email": "john@example.com",
            "phone": "+56912345678",
            "platform": "whatsapp",
            **changed,
        },
    }
    return Event(
        topic=topic,
        name=f"{words.title().replace(' ', '')}Event",
        summary=words.capitalize(),
        description=_DESCRIPTIONS[topic],
        tag=tag,
        schema=_schema(topic),
        example=example,
    )


def _schema(topic: str) -> JsonObject:
    data: JsonObject = {
        "type": "object",
        "properties": {
            "contact_id": _ID,
            "contact_name": {"type": "string"},
            "email": _TEXT,
            "phone": _TEXT,
            "platform": _TEXT,
            "metadata": {
                "type": "object",
                "description": "The changed custom fields, null for removed ones",
                "additionalProperties": _TEXT,
            },
        },
        "required": ["contact_id", "contact_name", "email", "phone", "platform"],
    }
    return {
        "type": "object",
        "properties": {
            "event": {"type": "string", "const": topic},
            "type": {"type": "string", "const": topic},
            "timestamp": {"type": "string", "format": "date-time"},
            "aiContactId": _ID,
            "data": data,
        },
        "required": ["event", "type", "timestamp", "aiContactId", "data"],
    }
