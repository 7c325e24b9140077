"""Describe the events of webhooks in Vambe's format."""

from openapi_documents.description import Event, JsonObject
from shared.dialects.vambe.webhook_requests import TOPICS

_ID: JsonObject = {
    "type": "string",
    "format": "uuid",
    "examples": ["df980fc8-b6db-4820-bf22-2969482d106d"],
}
_TEXT: JsonObject = {"type": ["string", "null"]}
_DESCRIPTIONS = {
    "contact.created": "A contact was created.",
    "contact.updated": "Fields or custom fields of a contact have changed.",
}
_METADATA: JsonObject = {
    "type": "object",
    "description": "The changed custom fields, null for removed ones",
    "additionalProperties": _TEXT,
}
_CHANGED = {"examples": [{"membership_level": "Gold"}]}


def _schema(topic: str) -> JsonObject:
    return {
        "type": "object",
        "properties": {
            "event": {"type": "string", "const": topic},
            "type": {"type": "string", "const": topic},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "examples": ["2024-01-15T10:00:00.000Z"],
            },
            "aiContactId": _ID,
            "data": {
                "type": "object",
                "properties": {
                    "contact_id": _ID,
                    "contact_name": {"type": "string", "examples": ["John Smith"]},
                    "email": {**_TEXT, "examples": ["john@example.com"]},
                    "phone": {**_TEXT, "examples": ["+56912345678"]},
                    "platform": {**_TEXT, "examples": ["whatsapp"]},
                    "metadata": {**_METADATA, **(_CHANGED if topic == "contact.updated" else {})},
                },
                "required": ["contact_id", "contact_name", "email", "phone", "platform"],
            },
        },
        "required": ["event", "type", "timestamp", "aiContactId", "data"],
    }


EVENTS = [Event(topic, _DESCRIPTIONS[topic], _schema(topic)) for topic in TOPICS]
