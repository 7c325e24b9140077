"""Describe the events of native webhooks, from the schemas in `docs/events`."""

import json
from pathlib import Path
from typing import Any

from openapi_documents.description import Event, JsonObject
from shared.domain.changes import EventType
from shared.domain.webhooks import TEST_TOPIC

_SCHEMAS = Path(__file__).parents[2] / "docs" / "events"
_OF_THE_BUS = ("id", "type", "occurred_at", "visible_to")
"""Members of a bus event that the data of a webhook event lacks."""

_AT = "2026-11-22T05:00:00.000Z"
_DATA: dict[str, Any] = {
    "schema_version": 1,
    "account_id": "acme",
    "contact_id": "contact_123",
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
        "account_id": {"type": "string"},
        "webhook_id": {"type": "string"},
    },
    "required": ["schema_version", "account_id", "webhook_id"],
}
_TEST: JsonObject = {"schema_version": 1, "account_id": "acme", "webhook_id": "wh_018f9c5b2a40"}


def events(tag: str) -> list[Event]:
    """Describe all events that webhooks receive, the test event included."""
    sent = [
        _event(tag, topic, _data_schema(topic), {**_DATA, **_MORE.get(topic, {})})
        for topic in EventType
    ]
    return [*sent, _event(tag, TEST_TOPIC, {**_TEST_DATA}, _TEST)]


def _event(tag: str, topic: str, data: JsonObject, example: JsonObject) -> Event:
    words = topic.replace(".", " ").replace("_", " ")
    return Event(
        topic=topic,
        name=f"{words.title().replace(' ', '')}Event",
        summary=words.capitalize(),
        description=data.pop("description", "Sent by the operation that tries a webhook") + ".",
        tag=tag,
        schema={
            "type": "object",
            "properties": {
                "type": {"type": "string", "const": topic},
                "timestamp": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When it happened",
                },
                "data": data,
            },
            "required": ["type", "timestamp", "data"],
        },
        example={"type": topic, "timestamp": _AT, "data": example},
    )


def _data_schema(topic: str) -> JsonObject:
    """Build the schema of the data of an event, without the members of its envelope."""
    schema = json.loads((_SCHEMAS / f"{topic}.json").read_text(encoding="utf-8"))
    properties = schema["properties"]
    return {
        "description": schema["description"],
        "type": "object",
        "properties": {name: part for name, part in properties.items() if name not in _OF_THE_BUS},
        "required": [name for name in schema["required"] if name not in _OF_THE_BUS],
    }
