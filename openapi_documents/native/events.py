"""Describe the events of native webhooks, from the schemas in `docs/events`."""

import json
from pathlib import Path

from openapi_documents.description import Event, JsonObject
from shared.domain.changes import EventType
from shared.domain.webhooks import TEST_TOPIC

_SCHEMAS = Path(__file__).parents[2] / "docs" / "events"
_OF_THE_BUS = ("id", "type", "occurred_at", "visible_to", "first_sequence")
"""Members of a bus event that the data of a webhook event lacks."""

_DATA: JsonObject = {
    "account_id": "acme",
    "contact_id": "contact_123",
    "contact_external_id": "crm-42",
    "contact_uuid": "df980fc8-b6db-4820-bf22-000000000123",
    "source": "klen",
    "key_id": "key_1",
    "request_id": "JKJaXmPLvHcESHA=",
    "origin_id": None,
}
_CHANGE = {
    "sequence": 7,
    "variable": "membership_level",
    "type": "select",
    "old": "Silver",
    "new": "Gold",
    "value_source": "human",
}
_MORE: dict[str, JsonObject] = {
    EventType.CONTACT_UPDATED: {"fields": ["email"]},
    EventType.CONTACT_MERGED: {"merged_contact_ids": ["contact_456"]},
    EventType.CONTEXT_UPDATED: {
        "changes": [_CHANGE],
        "truncated": False,
        "activity_url": "/v1/contacts/contact_123/activity?after=6",
    },
}
_TEST_DATA: JsonObject = {
    "type": "object",
    "properties": {
        "schema_version": {"type": "integer", "const": 1},
        "account_id": {"type": "string", "examples": ["acme"]},
        "webhook_id": {"type": "string", "examples": ["wh_018f9c5b2a40"]},
    },
    "required": ["schema_version", "account_id", "webhook_id"],
}


def _sent(topic: str) -> Event:
    """Describe an event of the bus. Its data lacks the members of the bus's envelope."""
    schema = json.loads((_SCHEMAS / f"{topic}.json").read_text(encoding="utf-8"))
    properties = schema["properties"]
    data = {
        "type": "object",
        "properties": {name: part for name, part in properties.items() if name not in _OF_THE_BUS},
        "required": [name for name in schema["required"] if name not in _OF_THE_BUS],
    }
    return _event(topic, schema["description"], data, {**_DATA, **_MORE.get(topic, {})})


def _event(topic: str, description: str, data: JsonObject, example: JsonObject) -> Event:
    schema: JsonObject = {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": topic},
            "timestamp": {
                "type": "string",
                "format": "date-time",
                "description": "When it happened",
                "examples": ["2026-11-22T05:00:00.000Z"],
            },
            "data": data,
        },
        "required": ["type", "timestamp", "data"],
    }
    return Event(topic, f"{description}.", schema, {"data": example})


EVENTS = [
    *(_sent(topic) for topic in EventType),
    _event(TEST_TOPIC, "Sent by the operation that tries a webhook", _TEST_DATA, {}),
]
