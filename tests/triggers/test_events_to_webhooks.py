"""Changes from the stream to the receiver of a webhook, through all triggers between them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.deliveries import DeliveryTask
from shared.domain.disclosure import Sensitivity
from shared.domain.values import Subject
from shared.services.variables.assignments import make_assignment
from shared.table import keys
from shared.validation.delivery_tasks import encode_task
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import NEVER, Fixtures
from tests.receiver import Received, Receiver
from tests.triggers.queue import failures, record
from tests.triggers.test_queue_webhooks import process_events
from tests.triggers.test_record_changes import BUS, Changes
from tests.triggers.test_webhook_visibility import deliver_all, delivery, make_due
from tests.visibility.test_canary import archive

OWNERS = ["a key", "the account"]


@pytest.fixture
def changes(
    fixtures: Fixtures, engine_url: str, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Changes:
    monkeypatch.setenv("AWS_ENDPOINT_URL_EVENTBRIDGE", services_url)
    monkeypatch.setenv("EVENT_BUS_NAME", BUS)
    return Changes(fixtures, engine_url, services_url)


def hook(fixtures: Fixtures, receiver: Receiver, owner: str, **facts: Any) -> None:
    """Add the contact and a webhook of an API key or of the account."""
    key = fixtures.key("native_0123456789", permissions=("*",)) if owner == "a key" else None
    fixtures.webhook("wh_1", key=key, url=receiver.url, **facts)
    fixtures.contact()


def save(
    fixtures: Fixtures, *definitions: Definition, word: str = "new", ago: timedelta = timedelta(0)
) -> None:
    """Set variables of the contact in one request."""
    assignments = [make_assignment(each, f"{word} {each.name}") for each in definitions]
    by = Attribution(datetime.now(UTC) - ago)
    fixtures.variables.save("acme", Subject.contact(123), assignments, [], by)


def publish(changes: Changes) -> list[dict[str, Any]]:
    """Publish the changes of the stream, start their deliveries, and return their events."""
    assert changes.process() == []
    events = [each for each in changes.published() if each["type"] == "contact.context.updated"]
    assert process_events(*events) == []
    return events


def retry(fixtures: Fixtures) -> None:
    """Make the next attempt of the only delivery."""
    make_due(fixtures)
    found = delivery(fixtures)
    made = len(found.attempts)
    task = DeliveryTask("acme", "wh_1", found.event_id, found.occurred_at, None, made, 123)
    assert failures("TriggerDeliverWebhook", record(encode_task(task), "m")) == []


def data_of(request: Received) -> dict[str, Any]:
    """Return the data of a request."""
    data: dict[str, Any] = json.loads(request.body)["data"]
    return data


def sent(receiver: Receiver) -> dict[str, Any]:
    """Return the data of the last request."""
    return data_of(receiver.received[-1])


@pytest.mark.parametrize("owner", OWNERS)
def test_an_event_whose_first_change_is_archived_is_sent_and_sent_again(
    owner: str, changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, receiver, owner)
    legacy, plan = fixtures.definition("legacy"), fixtures.definition("plan")
    save(fixtures, legacy, plan)
    archive(fixtures, [legacy])
    (event,) = publish(changes)
    assert event["first_sequence"] == 1
    receiver.answer = 500
    deliver_all(queued)
    receiver.answer = 200
    retry(fixtures)
    assert len(receiver.received) == 2
    for request in receiver.received:
        data = data_of(request)
        assert "first_sequence" not in data
        assert [(each["sequence"], each["new"]) for each in data["changes"]] == [(2, "new plan")]


EXPIRED = {"withheld": "expired"}
HOUR = timedelta(hours=1)


def test_a_value_that_expired_before_it_was_replaced_is_not_sent(
    changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """The record of the value stays stored until it is swept."""
    hook(fixtures, receiver, "the account")
    code = fixtures.definition("code", expires_after_seconds=3600)
    save(fixtures, code, word="old", ago=2 * HOUR)
    changes.process()
    changes.published()
    save(fixtures, code)
    (event,) = publish(changes)
    receiver.answer = 500
    deliver_all(queued)
    retry(fixtures)
    assert len(receiver.received) == 2
    of_requests = map(data_of, receiver.received)
    for data in (event, *of_requests):
        (change,) = data["changes"]
        assert (change["old"], change["new"]) == (EXPIRED, "new code")
    fixtures.key("native_of_a_reader", permissions=("*",))
    activity = Api("native_of_a_reader").call("GET", "/v1/contacts/contact_123/activity")
    newest, *_ = activity.document["data"]
    assert (newest["old"], newest["new"]) == (EXPIRED, "new code")


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("when", ["before it is queued", "before it is sent again"])
def test_a_value_that_has_expired_since_its_event_is_not_sent(
    when: str, owner: str, changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, receiver, owner)
    code = fixtures.definition("code")
    save(fixtures, code, ago=HOUR)
    assert changes.process() == []
    events = [each for each in changes.published() if "changes" in each]
    assert events[0]["changes"][0]["new"] == "new code"
    expiring = replace(code, expires_after_seconds=60, version=code.version + 1)
    if when == "before it is queued":
        fixtures.definitions.replace("acme", code, expiring)
    assert process_events(*events) == []
    receiver.answer = 500
    deliver_all(queued)
    if when == "before it is sent again":
        assert sent(receiver)["changes"][0]["new"] == "new code"
        fixtures.definitions.replace("acme", code, expiring)
        retry(fixtures)
    (change,) = sent(receiver)["changes"]
    assert (change["old"], change["new"]) == (None, EXPIRED)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_change_that_the_log_does_not_have_any_more_says_so(
    owner: str, changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    """Nobody knows who gets the value: the name may be that of another variable by now."""
    hook(fixtures, receiver, owner)
    fixtures.definition("salary", sensitivity=Sensitivity.SENSITIVE)
    save(fixtures, fixtures.definition("plan"))
    assert changes.process() == []
    events = [each for each in changes.published() if "changes" in each]
    fixtures.activity.delete_log("acme", 123, NEVER)
    assert process_events(*events) == []
    deliver_all(queued)
    sent = [data["changes"] for data in map(data_of, receiver.received) if "changes" in data]
    expected = [{**events[0]["changes"][0], "new": {"withheld": "not_logged"}}]
    assert sent == ([expected] if owner == "the account" else [])
    assert "new plan" not in str(receiver.received)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_deletion_has_the_ids_of_the_contact_at_every_attempt(
    owner: str, changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, receiver, owner, topics=("contact.deleted",))
    contact = fixtures.contacts.find("acme", 123)
    assert contact is not None
    changes.process()
    changes.published()
    fixtures.contacts.delete("acme", contact)
    assert changes.process() == []
    assert process_events(*changes.published()) == []
    receiver.answer = 500
    deliver_all(queued)
    retry(fixtures)
    assert len(receiver.received) == 2
    for request in receiver.received:
        data = data_of(request)
        assert data["contact_external_id"] == contact.external_id
        assert data["contact_uuid"] == contact.uuid
    # A delivery that an earlier version stored.
    pk, sk = keys.delivery("acme", "wh_1", delivery(fixtures).delivery_id)
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    fixtures.client.update_item(
        TableName=fixtures.table_name, Key=key, UpdateExpression="REMOVE deleted_ids"
    )
    retry(fixtures)
    assert sent(receiver)["contact_uuid"] is None


STRUCTURED = {
    "currency": ({"amount": 25050, "currency": "USD"}, "250.50 USD"),
    "json": ({"a": [1, {"b": None}]}, '{"a":[1,{"b":null}]}'),
    "list": (["a", "b"], "a, b"),
}


def test_a_webhook_of_vambe_receives_structured_values_as_text(
    changes: Changes, fixtures: Fixtures, queued: Queue, receiver: Receiver
):
    hook(fixtures, receiver, "the account", form="vambe")
    assignments = [
        make_assignment(fixtures.definition(each, each), json.dumps(value, separators=(",", ":")))
        for each, (value, _) in STRUCTURED.items()
    ]
    secret = fixtures.definition("secret", sensitivity=Sensitivity.SENSITIVE)
    assignments.append(make_assignment(secret, "new"))
    by = Attribution(datetime.now(UTC))
    fixtures.variables.save("acme", Subject.contact(123), assignments, [], by)
    publish(changes)
    deliver_all(queued)
    metadata = [data["metadata"] for data in map(data_of, receiver.received) if "metadata" in data]
    assert metadata == [{each: text for each, (_, text) in STRUCTURED.items()}]
