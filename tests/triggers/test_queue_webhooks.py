"""Events of the bus become deliveries, one for each matching webhook."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.deliveries import DeliveryStatus
from shared.domain.webhooks import WebhookStatus
from shared.validation.delivery_tasks import decode_task
from shared.wiring import webhooks as webhook_wiring
from tests.deliveries import Queue
from tests.documented import why_undocumented_event
from tests.failures import failing, rejected
from tests.fixtures import Fixtures
from tests.triggers.queue import failures, record

AT = "2026-11-22T05:00:00.000Z"
CHANGES = [
    {"sequence": 7, "variable": "level", "type": "select", "old": "Silver", "new": "Gold"},
    {"sequence": 8, "variable": "age", "type": "number", "old": None, "new": 42},
]
OF_CONTEXT = {"changes", "truncated", "activity_url"}
"""The members that only events of variables have."""


def detail(**members: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "id": "evt_1",
        "type": "contact.context.updated",
        "occurred_at": AT,
        "account_id": "acme",
        "contact_id": "contact_123",
        "contact_external_id": "external123",
        "contact_uuid": "df980fc8-b6db-4820-bf22-000000000123",
        "source": "klen",
        "key_id": "key_1",
        "request_id": "a-request",
        "origin_id": None,
        "changes": CHANGES,
        "truncated": False,
        "activity_url": "/v1/contacts/contact_123/activity?after=6",
        **members,
    }


def event(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": told.get("type", ""),
        "source": "contact-context",
        "account": "123456789012",
        "time": "2026-11-22T05:00:01Z",
        "region": "us-east-1",
        "resources": [],
        "detail": told,
    }


def process_events(*details: dict[str, Any]) -> list[str]:
    """Process events, and return the ids of the failed messages."""
    records = [record(event(each), f"m{place}") for place, each in enumerate(details)]
    return failures("TriggerQueueWebhooks", *records)


def test_a_webhook_is_sent_the_event_as_the_specification_has_it(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    assert process_events(detail()) == []
    (order,) = queued.tasks()
    told = detail()
    del told["id"], told["type"], told["occurred_at"]
    assert order == {
        "account_id": "acme",
        "webhook_id": "wh_1",
        "event_id": "evt_1",
        "occurred_at": "2026-11-22T05:00:00+00:00",
        "attempt": 0,
        "payload": {"type": "contact.context.updated", "timestamp": AT, "data": told},
        "contact_id": 123,
        "viewer": None,
    }
    (delivery,) = fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries
    assert delivery.status is DeliveryStatus.PENDING
    assert delivery.attempts == ()


def test_only_webhooks_of_the_account_that_take_the_topic_are_told(
    fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_all")
    fixtures.webhook("wh_topic", topics=("contact.created", "contact.context.updated"))
    fixtures.webhook("wh_other_topic", topics=("contact.created",))
    fixtures.webhook("wh_disabled", status=WebhookStatus.DISABLED)
    fixtures.webhook("wh_globex", account="globex")
    process_events(detail())
    assert {order["webhook_id"] for order in queued.tasks()} == {"wh_all", "wh_topic"}


@pytest.mark.parametrize(
    ("variables", "told", "sent"),
    [
        (None, {}, ["level", "age"]),
        (("level",), {}, ["level"]),
        (("age", "level", "x"), {}, ["level", "age"]),
        (("x",), {}, None),
        (("x",), {"truncated": True}, []),
        (("level",), {"changes": None}, None),
        (("x",), {"type": "contact.created"}, ["level", "age"]),
    ],
)
def test_changes_of_other_variables_are_left_out(
    variables: Any, told: dict, sent: Any, fixtures: Fixtures, queued: Queue
):
    """A truncated event may have other changes, so it is sent."""
    fixtures.webhook("wh_1", variables=variables)
    process_events(detail(**told))
    orders = queued.tasks()
    names = [[each["variable"] for each in o["payload"]["data"]["changes"]] for o in orders]
    assert names == ([] if sent is None else [sent])


def test_a_webhook_of_an_unknown_payload_format_keeps_no_other_waiting(
    fixtures: Fixtures, queued: Queue
):
    """A later release that was rolled back can have stored it."""
    fixtures.webhook("wh_0", form="of_a_later_version")
    fixtures.webhook("wh_1")
    assert process_events(detail(type="contact.created")) == []
    assert [order["webhook_id"] for order in queued.tasks()] == ["wh_1"]


def test_many_webhooks_are_told_in_batches(fixtures: Fixtures, queued: Queue):
    for number in range(12):
        fixtures.webhook(f"wh_{number}")
    assert process_events(detail()) == []
    assert len({order["webhook_id"] for order in queued.tasks()}) == 12


def test_tasks_of_a_webhook_are_a_message_group(fixtures: Fixtures, queued: Queue):
    """The queue then prefers tasks of other webhooks while many of one are processed."""
    for name in ("wh_1", "wh_2"):
        fixtures.webhook(name)
    assert process_events(detail()) == []
    assert sorted(queued.groups()) == ["wh_1", "wh_2"]


def test_large_events_are_told_in_batches_that_hold_them(fixtures: Fixtures, queued: Queue):
    for number in range(4):
        fixtures.webhook(f"wh_{number}")
    assert process_events(detail(changes=[{"variable": "a", "new": "x" * 100_000}])) == []
    assert len({order["webhook_id"] for order in queued.tasks()}) == 4


def test_letters_that_a_message_must_not_have_are_escaped(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    value = "a\ufffeb\uffff\\uffff\U0001ffff"
    assert process_events(detail(changes=[{"variable": "a", "new": value}])) == []
    (message,) = queued.receive()
    assert not {"\ufffe", "\uffff"} & {*message["body"]}
    assert decode_task(message["body"]).payload["data"]["changes"][0]["new"] == value


def test_an_event_given_twice_is_one_delivery(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    assert process_events(detail()) == []
    assert process_events(detail()) == []
    assert len(fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries) == 1
    # It is unknown whether the first task was sent, so there are two, and one is processed.
    assert {order["event_id"] for order in queued.tasks()} == {"evt_1"}


def test_an_event_given_again_after_its_delivery_orders_nothing(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    process_events(detail())
    for each in queued.receive():
        queued.remove(each)
    (delivery,) = fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries
    done = replace(delivery, status=DeliveryStatus.DELIVERED, version=2)
    fixtures.deliveries.replace("acme", done)
    assert process_events(detail()) == []
    assert queued.tasks() == []


def test_an_order_that_could_not_be_sent_is_sent_when_the_event_comes_again(
    fixtures: Fixtures, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    fixtures.webhook("wh_1")
    with monkeypatch.context() as broken:
        broken.setattr(webhook_wiring.delivery_queue(), "_url", "http://127.0.0.1:9/queue/gone")
        assert process_events(detail()) == ["m0"]
    assert queued.tasks() == []
    assert process_events(detail()) == []
    assert len(queued.tasks()) == 1


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", {"detail": {}}, event(detail(occurred_at="now"))],
)
def test_what_is_no_event_comes_again_alone_and_is_logged_as_rejected(
    body: Any, fixtures: Fixtures, queued: Queue, caplog: pytest.LogCaptureFixture
):
    fixtures.webhook("wh_1")
    good = record(event(detail()), "good")
    assert failures("TriggerQueueWebhooks", record(body, "bad"), good) == ["bad"]
    assert caplog.messages == ["rejected", "processed"]
    assert len(queued.tasks()) == 1


@pytest.mark.parametrize(
    ("topic", "word"),
    [
        ("contact.created", "contact.created"),
        ("contact.updated", "contact.updated"),
        ("contact.context.updated", "contact.updated"),
    ],
)
def test_a_webhook_of_vambe_is_told_in_both_forms_that_vambe_shows(
    topic: str, word: str, fixtures: Fixtures, queued: Queue
):
    contact = fixtures.contact(email="john@example.com", platform="whatsapp")
    fixtures.webhook("wh_1", form="vambe", topics=(topic,))
    told = detail(type=topic)
    if topic != "contact.context.updated":
        del told["changes"]
    assert process_events(told) == []
    (order,) = queued.tasks()
    metadata = {"metadata": {"level": "Gold", "age": "42"}} if "changes" in told else {}
    assert order["payload"] == {
        "event": word,
        "type": word,
        "timestamp": AT,
        "aiContactId": contact.uuid,
        "data": {
            "contact_id": contact.uuid,
            "contact_name": "John Smith",
            "email": "john@example.com",
            "phone": None,
            "platform": "whatsapp",
            **metadata,
        },
    }


@pytest.mark.parametrize(
    ("news", "metadata"),
    [
        (({"new": "Gold"}, {"new": None}), {"metadata": {"v0": "Gold", "v1": None}}),
        (({"new": {"bytes": 9000, "sha256": "ab"}}, {"new": True}), {"metadata": {"v1": "true"}}),
        (({"new": {"bytes": 9000, "sha256": "ab"}},), {}),
        (({}, {}), {}),
    ],
)
def test_a_value_that_the_event_leaves_out_is_not_told_to_vambe_as_another(
    news: Any, metadata: Any, fixtures: Fixtures, queued: Queue
):
    """Null would mean that it was removed, and the size of a value is not a value."""
    fixtures.contact()
    fixtures.webhook("wh_1", form="vambe")
    changes = [{"sequence": 7, "variable": f"v{n}", **new} for n, new in enumerate(news)]
    assert process_events(detail(changes=changes)) == []
    (order,) = queued.tasks()
    data = order["payload"]["data"]
    assert {name: data[name] for name in data if name == "metadata"} == metadata


OF_EVENTS = {
    "contact.created": {},
    "contact.updated": {"fields": ["email"]},
    "contact.deleted": {},
    "contact.context.updated": {
        "changes": CHANGES,
        "truncated": False,
        "activity_url": "/v1/contacts/contact_123/activity?after=6",
    },
}


@pytest.mark.parametrize("topic", OF_EVENTS)
@pytest.mark.parametrize("form", ["native", "vambe"])
def test_what_is_sent_is_in_the_document_of_its_api(
    topic: str, form: str, fixtures: Fixtures, queued: Queue
):
    fixtures.contact()
    fixtures.webhook("wh_1", form=form)
    common = {name: each for name, each in detail(type=topic).items() if name not in OF_CONTEXT}
    assert process_events({**common, **OF_EVENTS[topic]}) == []
    for order in queued.tasks():
        assert why_undocumented_event(form, order["payload"]) is None
    assert why_undocumented_event("native", {"type": topic})


def test_of_a_contact_that_is_gone_nobody_is_told_in_those_forms(fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", form="vambe")
    fixtures.webhook("wh_2", form="native")
    assert process_events(detail()) == []
    assert [order["webhook_id"] for order in queued.tasks()] == ["wh_2"]


def test_a_deletion_has_no_words_in_vambe(fixtures: Fixtures, queued: Queue):
    """Only the native API creates webhooks of all topics."""
    fixtures.contact()
    fixtures.webhook("wh_1", form="vambe")
    assert process_events(detail(type="contact.deleted")) == []
    assert queued.tasks() == []


@pytest.mark.parametrize("operation", ["Query", "PutItem"])
def test_while_the_table_is_throttled_the_event_comes_again(
    operation: str, fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_1")
    with failing({operation: rejected("ProvisionedThroughputExceededException")}):
        assert process_events(detail()) == ["m0"]
    assert queued.tasks() == []
    assert process_events(detail()) == []
    assert len(queued.tasks()) == 1
