"""POST /v1/webhooks/{webhook_id}/redeliver: send all failed deliveries again."""

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.deliveries import (
    CancellationReason,
    DeliveryStatus,
)
from shared.services.webhooks import redeliveries as webhook_redeliveries
from tests.api import Api
from tests.deliveries import Queue
from tests.endpoints.native.test_redeliver_webhook_delivery import AT, delivered
from tests.fixtures import LONG_AGO, NEVER, Fixtures

PATH = "/v1/webhooks/wh_1/redeliver"
SINCE = {"since": "2026-11-22T05:00:00Z"}


def failed(fixtures: Fixtures, minute: int, **facts: Any) -> str:
    """Store a failed delivery of an event at a minute, and return the event id."""
    at = AT + timedelta(minutes=minute)
    return delivered(fixtures, event_id=f"evt_{minute}", occurred_at=at, **facts).event_id


def told(queued: Queue) -> list[str]:
    return sorted(order["event_id"] for order in queued.tasks())


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_what_failed_or_was_canceled_since_then_is_queued(
    path: str, native: Api, fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_1")
    failed(fixtures, -1)
    failed(fixtures, 0)
    failed(fixtures, 1, status=DeliveryStatus.DELIVERED)
    failed(fixtures, 2, status=DeliveryStatus.PENDING, next_attempt_at=NEVER)
    canceled = {"canceled_reason": CancellationReason.WEBHOOK_SUSPENDED, "attempts": ()}
    failed(fixtures, 3, status=DeliveryStatus.CANCELED, **canceled)
    failed(fixtures, 4, event=None)
    failed(fixtures, 5, status=DeliveryStatus.PENDING, next_attempt_at=LONG_AGO)
    answer = native.call("POST", path, SINCE)
    assert (answer.status, answer.document) == (200, {"queued": 3, "next_cursor": None})
    assert told(queued) == ["evt_0", "evt_3", "evt_5"]
    log = native.call("GET", "/v1/webhooks/wh_1/deliveries").document["data"]
    pending = {each["event_id"] for each in log if each["status"] == "pending"}
    assert pending == {"evt_0", "evt_2", "evt_3", "evt_5"}


def test_a_second_request_queues_nothing(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    failed(fixtures, 1)
    assert native.call("POST", PATH, SINCE).document["queued"] == 1
    assert native.call("POST", PATH, SINCE).document["queued"] == 0
    assert told(queued) == ["evt_1"]


@pytest.mark.parametrize("bound", ["MAX_QUEUED", "MAX_SCANNED"])
def test_a_request_queues_a_bounded_part_and_says_where_to_go_on(
    bound: str, native: Api, fixtures: Fixtures, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_redeliveries, bound, 2)
    fixtures.webhook("wh_1")
    made = [failed(fixtures, minute) for minute in range(5)]
    failed(fixtures, -1)
    counts, cursor = [], None
    while True:
        answer = native.call("POST", PATH, {**SINCE, "cursor": cursor} if cursor else SINCE)
        counts.append(answer.document["queued"])
        cursor = answer.document["next_cursor"]
        if cursor is None:
            break
    assert counts[:3] == [2, 2, 1]
    assert told(queued) == sorted(made)


def test_what_cannot_be_queued_stays_as_it_was(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    failed(fixtures, 1)
    queued.delete()
    answer = native.call("POST", PATH, SINCE)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")
    (kept,) = fixtures.deliveries.page("acme", "wh_1", None, 9).deliveries
    assert kept.status is DeliveryStatus.FAILED


def test_a_webhook_that_nothing_is_sent_to_is_409(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", key=None, of_account=False)
    failed(fixtures, 1)
    before = fixtures.items()
    answer = native.call("POST", PATH, SINCE)
    assert (answer.status, answer.document["code"]) == (409, "webhook_inactive")
    assert (fixtures.items(), queued.tasks()) == (before, [])


FAULTS = {
    "nothing": ({}, "/since"),
    "no instant": ({"since": "yesterday"}, "/since"),
    "no zone": ({"since": "2026-11-22T05:00:00"}, "/since"),
    "a number": ({"since": 7}, "/since"),
    "null": ({"since": None}, "/since"),
    "long": ({"since": "2" * 100_000}, "/since"),
    "cursor": ({**SINCE, "cursor": "x"}, "/cursor"),
    "empty cursor": ({**SINCE, "cursor": ""}, "/cursor"),
    "another member": ({**SINCE, "until": "x"}, "/until"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_does_not_hold_is_refused(case: str, native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1")
    failed(fixtures, 1)
    before = fixtures.items()
    document, pointer = FAULTS[case]
    answer = native.call("POST", PATH, document)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    (fault,) = answer.document["errors"]
    assert fault["pointer"] == pointer
    assert (fixtures.items(), queued.tasks()) == (before, [])


def test_what_is_not_there_is_404(native: Api, queued: Queue):
    answer = native.call("POST", PATH, SINCE)
    assert (answer.status, answer.document["code"]) == (404, "not_found")
