"""Every example event runs through its handler, on the demo data."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference
from shared.domain.deliveries import (
    Delivery,
    DeliveryStatus,
)
from shared.domain.disclosure import Sensitivity
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import Subject
from shared.domain.webhooks import WebhookStatus
from shared.services.agents.hook_tokens import hash_token
from shared.services.variables.assignments import make_assignment
from tests.api import invoke, is_told_in_band, template
from tests.fixtures import NEVER, Fixtures, Items
from tests.triggers.queue import Context, trigger

ROOT = Path(__file__).parents[2]
AT = datetime.fromtimestamp(1795323600, UTC)
EVENTS = sorted((ROOT / "events").glob("*/*.json"))


OF_TRIGGERS = [path for path in EVENTS if path.parent.name == "triggers"]
OF_BATCHES = [path for path in OF_TRIGGERS if "Records" in path.read_text()]
OF_PLATFORMS = [path for path in OF_TRIGGERS if path not in OF_BATCHES]


DEMO_TOKEN = f"h.mfrw2zi.retell.hook_018f9c5b2a40123456789abcdef.{'0' * 48}"
"""The token of the example of a hook."""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def logical_id_of(path: Path) -> str:
    words = (
        f"{path.parent.name.removesuffix('s')}_{path.stem}" if path in OF_TRIGGERS else name(path)
    )
    return "".join(part.capitalize() for part in words.replace("/", "_").split("_"))


def fail_a_delivery(fixtures: Fixtures) -> None:
    """Make the demo webhook active, with a delivery that has failed: no seed file has any."""
    (webhook,) = [each for each in fixtures.webhooks.list("acme") if each.form == "native"]
    active = replace(webhook, status=WebhookStatus.ACTIVE, version=webhook.version + 1)
    fixtures.webhooks.replace("acme", active)
    delivery = Delivery(
        webhook_id=webhook.webhook_id,
        event_id="evt_0123456789abcdef0123456789abcdef",
        topic="contact.created",
        occurred_at=AT,
        created_at=AT,
        expires_at=NEVER,
        status=DeliveryStatus.FAILED,
        event=EventReference(contact_id=123, by=Attribution(AT)),
    )
    fixtures.deliveries.add("acme", delivery)


def suggest(fixtures: Fixtures) -> str:
    """Make a suggestion for the demo contact, whose id nobody knows before."""
    key = fixtures.key("an-agent-key", permissions=("*",), source=Source.AI)
    contact = Subject.contact(123)
    definition = replace(fixtures.definition("plan"), precedence=DEFAULT_PRECEDENCE)
    api, agent = (
        Attribution(datetime.now(UTC), key_id=key.key_id, value_source=source)
        for source in (Source.API, Source.AI)
    )
    fixtures.variables.save("acme", contact, [make_assignment(definition, "Pro")], [], api)
    change = [make_assignment(definition, "Free")]
    (made,) = fixtures.variables.save("acme", contact, change, [], agent)
    return made.suggestion_id


def answer_a_call(fixtures: Fixtures) -> None:
    """Add the agent of the examples, and a call that it had: no seed file has any."""
    fixtures.agent("agent_018f9c5b2a40123456789abcdef", "membership_level", deadline_ms=10_000)
    fixtures.hook(
        "hook_018f9c5b2a40123456789abcdef",
        agent_id="agent_018f9c5b2a40123456789abcdef",
        token_hash=hash_token(DEMO_TOKEN),
        # That of the demo's keys, one of which rotates the hook.
        sensitivity=Sensitivity.PERSONAL,
    )
    fixtures.call("call_0123456789abcdef0123456789abcdef", "membership_level")


@pytest.mark.parametrize("path", [each for each in EVENTS if each not in OF_TRIGGERS], ids=name)
def test_an_example_event_succeeds_on_the_demo_data(path: Path, everything: Fixtures, demo: Items):
    everything.put_back(demo)
    if "redeliver" in path.stem:
        fail_a_delivery(everything)
    if "delete_agent" not in path.stem:
        answer_a_call(everything)
    else:
        everything.agent("agent_018f9c5b2a40123456789abcdef")
    event = json.loads(path.read_text())
    if "suggestion_id" in event.get("pathParameters", {}):
        event["pathParameters"]["suggestion_id"] = suggest(everything)
    if "key_id" in event.get("pathParameters", {}):
        key = everything.key("a-key-to-be-managed", permissions=("contacts:read",))
        event["pathParameters"]["key_id"] = key.key_id
    answer = invoke(logical_id_of(path), event)
    assert answer.status in (200, 201), answer.document
    assert not is_told_in_band(answer)


@pytest.mark.parametrize("path", OF_PLATFORMS, ids=name)
def test_an_example_of_a_platform_gets_the_variables_of_the_demo_data(
    path: Path, everything: Fixtures, demo: Items
):
    everything.put_back(demo)
    answer = trigger(logical_id_of(path), json.loads(path.read_text()), Context())
    attributes = answer.get("sessionState", {}).get("sessionAttributes", answer)
    assert attributes["plan"] == "Silver"


@pytest.mark.parametrize("path", OF_BATCHES, ids=name)
def test_an_example_of_a_trigger_is_taken_on_the_demo_data(
    path: Path, everything: Fixtures, demo: Items
):
    everything.put_back(demo)
    answer = trigger(logical_id_of(path), json.loads(path.read_text()), Context())
    assert answer == {"batchItemFailures": []}


def test_there_is_one_event_for_each_function():
    folders = {each.code_folder for each in template().functions.values()}
    assert {(path.parent.name, path.stem) for path in EVENTS} == {
        (folder.parent.name, folder.name) for folder in folders
    }
