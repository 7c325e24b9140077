"""A redelivery stores no payload: its event is read again from the activity log."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference, VariableChange
from shared.domain.definitions import VariableType
from shared.domain.deliveries import (
    CancellationReason,
    Delivery,
    DeliveryStatus,
    DeliveryTask,
)
from shared.domain.webhooks import Webhook
from shared.validation.delivery_tasks import encode_task
from tests.deliveries import Queue
from tests.fixtures import LONG_AGO, Fixtures
from tests.receiver import Receiver
from tests.triggers.queue import failures, record

AT = LONG_AGO + timedelta(minutes=1)
BY = Attribution(AT, "klen", "key-1", "request-1")
ORDER = DeliveryTask("acme", "wh_1", "evt_1", AT, None, 0, 123)


def begin(fixtures: Fixtures, topic: str = "contact.context.updated", **facts: Any) -> None:
    """Store a delivery that was queued again."""
    reference = {"contact_id": 123, "by": BY, "sequence": 1, **facts}
    delivery = Delivery(
        webhook_id="wh_1",
        event_id="evt_1",
        topic=topic,
        occurred_at=AT,
        created_at=AT,
        expires_at=AT + timedelta(days=36_500),
        event=EventReference(**reference),
    )
    fixtures.deliveries.add("acme", delivery)


def log(fixtures: Fixtures, count: int = 2) -> None:
    """Log a request that changed `count` variables, of which the first two are defined."""
    names = ["level", "age", *(f"v{number}" for number in range(2, count))]
    changes = [
        VariableChange(slot, name, VariableType.TEXT, None, f"new {name}")
        for slot, name in enumerate(names[:count])
    ]
    fixtures.log(1, *changes)


def define(fixtures: Fixtures, **facts: Any) -> None:
    fixtures.definition("level")
    fixtures.definition("age", **facts)


def deliver() -> None:
    assert failures("TriggerDeliverWebhook", record(encode_task(ORDER), "m1")) == []


def delivery(fixtures: Fixtures) -> Delivery:
    found = fixtures.deliveries.find_by_id("acme", "wh_1", ORDER.delivery_id)
    assert found is not None
    return found


def hook(fixtures: Fixtures, receiver: Receiver, **facts: Any) -> Webhook:
    return fixtures.webhook("wh_1", url=receiver.url, **facts)


def sent(receiver: Receiver) -> Any:
    (received,) = receiver.received
    assert received.headers["webhook-id"] == "evt_1"
    return json.loads(received.body)


def test_an_event_of_changes_is_sent_as_it_was(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver)
    fixtures.contact()
    define(fixtures)
    log(fixtures)
    begin(fixtures)
    deliver()
    assert sent(receiver) == {
        "type": "contact.context.updated",
        "timestamp": "2024-01-01T10:01:00.000Z",
        "data": {
            "schema_version": 1,
            "account_id": "acme",
            "contact_id": "contact_123",
            "contact_external_id": "external123",
            "contact_uuid": "df980fc8-b6db-4820-bf22-000000000123",
            "source": "klen",
            "key_id": "key-1",
            "request_id": "request-1",
            "origin_id": None,
            "changes": [
                {
                    "sequence": n,
                    "variable": v,
                    "type": "text",
                    "old": None,
                    "new": f"new {v}",
                    "value_source": "api",
                }
                for n, v in ((1, "level"), (2, "age"))
            ],
            "truncated": False,
            "activity_url": "/v1/contacts/contact_123/activity?after=0",
        },
    }
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


def test_an_event_of_many_changes_is_whole(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    """The log keeps 16 changes in an item."""
    hook(fixtures, receiver)
    log(fixtures, 40)
    begin(fixtures)
    deliver()
    changes = sent(receiver)["data"]["changes"]
    assert [each["sequence"] for each in changes] == list(range(1, 41))


def test_the_key_decides_by_what_it_sees_now(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    owner = fixtures.key("native_0123456789", permissions=("*",))
    hook(fixtures, receiver, key=owner)
    fixtures.contact()
    define(fixtures, owner="u1")
    log(fixtures)
    begin(fixtures)
    deliver()
    assert [each["variable"] for each in sent(receiver)["data"]["changes"]] == ["level"]


def test_only_variables_of_the_filter_are_sent(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver, variables=("age",))
    log(fixtures)
    begin(fixtures)
    deliver()
    assert [each["variable"] for each in sent(receiver)["data"]["changes"]] == ["age"]


def test_a_variable_has_the_name_of_today(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    hook(fixtures, receiver)
    before = fixtures.definition("level")
    log(fixtures, 1)
    after = replace(before, name="tier", version=before.version + 1)
    fixtures.definitions.rename("acme", before, after, None)
    begin(fixtures)
    deliver()
    assert [each["variable"] for each in sent(receiver)["data"]["changes"]] == ["tier"]


OTHERS = {
    "contact.created": {},
    "contact.updated": {"fields": ("email", "stage")},
    "contact.deleted": {"visible_to": (None, None)},
}


@pytest.mark.parametrize("topic", OTHERS)
def test_other_events_are_built_from_the_reference(
    topic: str, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    owner = fixtures.key("native_0123456789", permissions=("*",))
    hook(fixtures, receiver, key=owner)
    if topic != "contact.deleted":
        fixtures.contact()
    begin(fixtures, topic, sequence=None, **OTHERS[topic])
    deliver()
    message = sent(receiver)
    assert message["type"] == topic
    assert message["data"].get("fields") == (
        ["email", "stage"] if topic == "contact.updated" else None
    )
    assert "visible_to" not in message["data"]


def test_in_vambes_words(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    owner = fixtures.key("vambe_0123456789", permissions=())
    hook(fixtures, receiver, key=owner, form="vambe")
    contact = fixtures.contact()
    define(fixtures)
    log(fixtures)
    begin(fixtures)
    deliver()
    data = sent(receiver)["data"]
    assert (data["contact_id"], data["metadata"]["level"]) == (contact.uuid, "new level")


UNAVAILABLE = {
    "the log has it no more": {},
    "a reference without a sequence": {"sequence": None},
}


@pytest.mark.parametrize("case", UNAVAILABLE)
def test_what_cannot_be_read_any_more_is_canceled(
    case: str, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver)
    begin(fixtures, **UNAVAILABLE[case])
    deliver()
    assert receiver.received == []
    ended = delivery(fixtures)
    assert ended.status is DeliveryStatus.CANCELED
    assert ended.canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_what_has_an_unknown_payload_format_is_canceled(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver, form="of_a_later_version")
    log(fixtures)
    begin(fixtures)
    deliver()
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_what_the_log_keeps_no_longer_is_canceled(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    """DynamoDB deletes expired items late."""
    hook(fixtures, receiver)
    change = VariableChange(0, "level", VariableType.TEXT, None, "Gold")
    fixtures.log(1, change, kept_for=timedelta(days=1))
    begin(fixtures)
    deliver()
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_nothing_of_a_deleted_contact_is_sent_again(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver)
    log(fixtures)
    fixtures.activity.delete_log("acme", 123, LONG_AGO + timedelta(days=36_500))
    begin(fixtures)
    deliver()
    assert receiver.received == []


@pytest.mark.parametrize("facts", [{"owner": "u1"}, {"team": 7}])
def test_a_contact_that_the_key_sees_no_longer_is_not_sent(
    facts: Any, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    hook(fixtures, receiver, key=fixtures.key("native_0123456789", permissions=("*",)))
    fixtures.contact(**facts)
    define(fixtures)
    log(fixtures)
    begin(fixtures)
    deliver()
    assert receiver.received == []
    assert delivery(fixtures).canceled_reason is CancellationReason.EVENT_UNAVAILABLE


def test_a_redelivery_that_fails_is_tried_again_and_read_again(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    receiver.answer = 500
    hook(fixtures, receiver)
    log(fixtures)
    begin(fixtures)
    deliver()
    pending = delivery(fixtures)
    assert (pending.status, len(pending.attempts)) == (DeliveryStatus.PENDING, 1)
    receiver.answer = 200
    due = replace(pending, next_attempt_at=AT, version=pending.version + 1)
    fixtures.deliveries.replace("acme", due)
    again = record(encode_task(replace(ORDER, attempts_before=1)), "m2")
    assert failures("TriggerDeliverWebhook", again) == []
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED
    assert [each.headers["webhook-id"] for each in receiver.received] == ["evt_1", "evt_1"]
