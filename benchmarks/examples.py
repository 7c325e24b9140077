"""Complete the demo data, so that every example event succeeds on it.

The service makes the ids of keys, agents, hooks, calls and suggestions, so an example event cannot
have them. This module makes one of each and puts its id into the events.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks.adapters import clear_adapters
from benchmarks.client import Call, Client
from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference
from shared.domain.deliveries import Delivery, DeliveryStatus
from shared.domain.webhooks import WebhookStatus
from shared.table.dynamo import Table
from shared.table.webhooks import DeliveryTable, WebhookTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ACCOUNT = "acme"
_WRITER, _AGENT_KEY = "native_0123456789", "native_agent_0123456789"
"""Keys of the demo data. What the agent sets after the writer becomes a suggestion."""
_OPERATOR = "native_operator_0123456789"

_SUGGESTION = "sug_1"
_KEY = "keys/0123456789abcdef"
_AGENT = "agent_018f9c5b2a40123456789abcdef"
_HOOK = "hook_018f9c5b2a40123456789abcdef"
_CALL = "call_0123456789abcdef0123456789abcdef"
_EVENT = "evt_0123456789abcdef0123456789abcdef"
_AT = datetime.fromtimestamp(1795323600, UTC)
_NEVER = datetime(2100, 1, 1, tzinfo=UTC)

_DELETE_AGENT = "delete_agent"
"""The function whose agent must not have a hook."""


@dataclass(frozen=True)
class Examples:
    """The ids that example events name, and the ids to send in their place."""

    ids: Mapping[str, str]
    agent_without_hook: str

    def event(self, function: str, text: str) -> dict[str, Any]:
        """Return the event of a function with the ids that exist. `text` is its JSON."""
        ids = dict(self.ids)
        if function == _DELETE_AGENT:
            ids[_AGENT] = self.agent_without_hook
        for example, made in ids.items():
            text = text.replace(example, made)
            # Path parameters have the id alone.
            text = text.replace(f'"{example.split("/")[-1]}"', f'"{made.split("/")[-1]}"')
        event: dict[str, Any] = json.loads(text)
        return event


def complete_demo(client: Client, dynamodb: "DynamoDBClient", table_name: str) -> Examples:
    """Add to the demo data what the example events name.

    Args:
        client: Calls the functions. The environment must name the table.
        dynamodb: A client of the same table.
        table_name: The table, with the demo data.

    Returns:
        The ids.
    """
    # The adapters of this process may have used another table.
    clear_adapters()
    _fail_a_delivery(Table(dynamodb, table_name))
    agent = _send(client, Call("POST", "/v1/agents", {"name": "A", "variables": _VARIABLES}))["id"]
    hook = {"agent": agent, "platform": "retell"}
    made_key = {"name": "a key to manage", "permissions": ["contacts:read"]}
    ids = {
        _SUGGESTION: _suggest(client),
        _KEY: "keys/" + _send(client, Call("POST", "/v1/keys", made_key), _OPERATOR)["id"],
        _AGENT: agent,
        _HOOK: _send(client, Call("POST", "/v1/hooks", hook))["id"],
        _CALL: _send(client, Call("POST", "/v1/resolve", {"agent": agent, **_CALLER}))["call"],
    }
    other = Call("POST", "/v1/agents", {"name": "B", "variables": _VARIABLES})
    return Examples(ids, _send(client, other)["id"])


_VARIABLES = [{"from": "membership_level", "fallback": "a member"}]
_CALLER = {"contact": {"id": "contact_123"}, "call_id": "CA0", "deadline_ms": 10_000}


def _send(client: Client, call: Call, api_key: str = _WRITER) -> Any:
    return json.loads(client.send(call, api_key).body)


def _suggest(client: Client) -> str:
    path = "/v1/contacts/contact_123/variables"
    _send(client, Call("PATCH", path, {"plan": "Gold"}, "mode=auto_create"))
    answer = _send(client, Call("PUT", f"{path}/plan", {"value": "Silver"}), _AGENT_KEY)
    suggestion_id: str = answer["suggestion"]["id"]
    return suggestion_id


def _fail_a_delivery(table: Table) -> None:
    """Make the webhook of the demo data active, with a delivery that has failed."""
    webhooks = WebhookTable(table)
    (webhook,) = [each for each in webhooks.list(ACCOUNT) if each.form == "native"]
    active = replace(webhook, status=WebhookStatus.ACTIVE, version=webhook.version + 1)
    webhooks.replace(ACCOUNT, active)
    delivery = Delivery(
        webhook_id=webhook.webhook_id,
        event_id=_EVENT,
        topic="contact.created",
        occurred_at=_AT,
        created_at=_AT,
        expires_at=_NEVER,
        status=DeliveryStatus.FAILED,
        event=EventReference(contact_id=123, by=Attribution(_AT)),
    )
    DeliveryTable(table).add(ACCOUNT, delivery)
