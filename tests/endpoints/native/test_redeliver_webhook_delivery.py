"""POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver: send a delivery again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference, VariableChange
from shared.domain.definitions import VariableType
from shared.domain.deliveries import (
    Attempt,
    CancellationReason,
    Delivery,
    DeliveryStatus,
)
from shared.domain.webhooks import WebhookStatus
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import LONG_AGO, NEVER, Fixtures

AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
BY = Attribution(AT, "klen", "key_1", "a-request", "crm")
PLACE = "001795323600000.evt_1"
PATH = f"/v1/webhooks/wh_1/deliveries/{PLACE}/redeliver"
ATTEMPTS = (Attempt(AT, 500, "the receiver answered 500", 1, "http_status"),) * 8


def delivered(fixtures: Fixtures, **facts: Any) -> Delivery:
    """A delivery that has ended."""
    known: dict[str, Any] = {
        "webhook_id": "wh_1",
        "event_id": "evt_1",
        "topic": "contact.context.updated",
        "occurred_at": AT,
        "created_at": AT,
        "expires_at": AT + timedelta(days=30),
        "status": DeliveryStatus.FAILED,
        "attempts": ATTEMPTS,
        "event": EventReference(contact_id=123, by=BY, sequence=1),
    }
    delivery = Delivery(**{**known, **facts})
    fixtures.deliveries.add("acme", delivery)
    return delivery


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"status": DeliveryStatus.DELIVERED, "attempts": ATTEMPTS[:1]},
        {"status": DeliveryStatus.CANCELED, "canceled_reason": CancellationReason.NOT_QUEUED},
        {"status": DeliveryStatus.PENDING, "next_attempt_at": LONG_AGO},
    ],
)
@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_delivery_is_queued_again_and_its_attempts_start_over(
    path: str, facts: Any, native: Api, fixtures: Fixtures, queued: Queue
):
    """A delivery that is overdue by an hour has lost its message."""
    fixtures.webhook("wh_1")
    delivered(fixtures, **facts)
    answer = native.call("POST", path)
    assert answer.status == 200
    begun = answer.document
    assert (begun["id"], begun["event_id"]) == (PLACE, "evt_1")
    assert (begun["status"], begun["canceled_reason"], begun["attempts"]) == ("pending", None, [])
    assert native.call("GET", "/v1/webhooks/wh_1/deliveries").document["data"] == [begun]
    (order,) = queued.tasks()
    assert (order["event_id"], order["attempt"], order["payload"]) == ("evt_1", 0, None)


def test_a_delivery_near_the_end_of_the_log_is_kept_until_its_tries_end(
    native: Api, fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_1")
    delivered(fixtures, expires_at=datetime.now(UTC) + timedelta(minutes=1))
    assert native.call("POST", PATH).status == 200
    kept = fixtures.deliveries.find_by_id("acme", "wh_1", PLACE)
    assert kept.expires_at > datetime.now(UTC) + timedelta(days=2)


NOT_REPEATABLE = {
    "pending": {"status": DeliveryStatus.PENDING, "next_attempt_at": NEVER},
    "a test": {"topic": "webhook.test", "event": None},
    "of an earlier version": {"event": None},
}


@pytest.mark.parametrize("case", NOT_REPEATABLE)
def test_what_cannot_be_sent_again_is_409(
    case: str, native: Api, fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_1")
    delivered(fixtures, **NOT_REPEATABLE[case])
    before = fixtures.items()
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (409, "not_repeatable")
    assert (fixtures.items(), queued.tasks()) == (before, [])


def test_two_requests_at_once_queue_it_once(
    native: Api, fixtures: Fixtures, queued: Queue, monkeypatch
):
    fixtures.webhook("wh_1")
    delivered(fixtures)
    find, raced = type(fixtures.deliveries).find_by_id, []

    def find_and_race(self, *which: str) -> Delivery:
        found = find(self, *which)
        if not raced:
            raced.append(True)
            other = replace(found, status=DeliveryStatus.PENDING, version=found.version + 1)
            fixtures.deliveries.replace("acme", other)
        return found

    monkeypatch.setattr(type(fixtures.deliveries), "find_by_id", find_and_race)
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (409, "not_repeatable")
    assert queued.tasks() == []


INACTIVE = {
    "suspended": ({"key": None, "of_account": False}, "owner"),
    "disabled": (
        {"status": WebhookStatus.DISABLED, "disabled_reason": "nobody answered"},
        "nobody answered",
    ),
}


@pytest.mark.parametrize("case", INACTIVE)
def test_a_webhook_that_nothing_is_sent_to_is_409(
    case: str, native: Api, fixtures: Fixtures, queued: Queue
):
    facts, words = INACTIVE[case]
    fixtures.webhook("wh_1", **facts)
    delivered(fixtures)
    before = fixtures.items()
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (409, "webhook_inactive")
    assert words in answer.document["detail"]
    assert (fixtures.items(), queued.tasks()) == (before, [])


def test_what_cannot_be_queued_stays_as_it_was(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    before = delivered(fixtures)
    queued.delete()
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")
    after = fixtures.deliveries.find_by_id("acme", "wh_1", PLACE)
    assert replace(after, version=1) == before


@pytest.mark.parametrize("place", ["evt_1", "001795323600000.evt_2", "a" * 101, "a" * 3000, "%23"])
def test_what_is_not_there_is_404(place: str, native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    delivered(fixtures)
    answer = native.call("POST", f"/v1/webhooks/wh_1/deliveries/{place}/redeliver")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
    answer = native.call("POST", f"/v1/webhooks/wh_2/deliveries/{PLACE}/redeliver")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_the_fixture_logs_changes_from_the_first_sequence(fixtures: Fixtures):
    """The other tests depend on the first sequence of a log."""
    fixtures.log(1, VariableChange(0, "level", VariableType.TEXT, None, "Gold"))
    (entry,) = fixtures.activity.event_entries("acme", 123, 1, LONG_AGO)
    assert entry.change.new == "Gold"
