"""GET /v1/webhooks/{webhook_id}/deliveries: list what was sent to a webhook."""

from datetime import timedelta

import pytest

from shared.domain.deliveries import (
    Attempt,
    Delivery,
    DeliveryStatus,
)
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/webhooks/wh_1/deliveries"


def delivery(number: int, **facts) -> Delivery:
    at = LONG_AGO + timedelta(minutes=number)
    return Delivery(
        webhook_id="wh_1",
        event_id=f"evt_{number}",
        topic="contact.created",
        occurred_at=at,
        created_at=at,
        expires_at=at + timedelta(days=30),
        **facts,
    )


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_delivery_tells_every_attempt(path: str, native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    attempts = (
        Attempt(LONG_AGO, None, "the receiver did not respond in time", 10_000, "response_timeout"),
        Attempt(LONG_AGO, 500, "the receiver answered 500", 84),
    )
    fixtures.deliveries.add(
        "acme", delivery(1, attempts=attempts, next_attempt_at=LONG_AGO + timedelta(hours=1))
    )
    answer = native.call("GET", path)
    at = "2024-01-01T10:00:00.000Z"
    assert (answer.status, answer.document) == (
        200,
        {
            "data": [
                {
                    "id": "001704103260000.evt_1",
                    "event_id": "evt_1",
                    "webhook_id": "wh_1",
                    "topic": "contact.created",
                    "status": "pending",
                    "canceled_reason": None,
                    "occurred_at": "2024-01-01T10:01:00.000Z",
                    "created_at": "2024-01-01T10:01:00.000Z",
                    "next_attempt_at": "2024-01-01T11:00:00.000Z",
                    "attempts": [
                        {
                            "at": at,
                            "status_code": None,
                            "error": "the receiver did not respond in time",
                            "error_code": "response_timeout",
                            "milliseconds": 10_000,
                        },
                        {
                            "at": at,
                            "status_code": 500,
                            "error": "the receiver answered 500",
                            "error_code": None,
                            "milliseconds": 84,
                        },
                    ],
                }
            ],
            "next_cursor": None,
        },
    )


def test_pages_hold_each_delivery_once_the_newest_first(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    for number in range(1, 6):
        fixtures.deliveries.add("acme", delivery(number, status=DeliveryStatus.DELIVERED))
    first = native.call("GET", PATH, query={"limit": "3"}).document
    second = native.call("GET", PATH, query={"cursor": first["next_cursor"]}).document
    listed = [each["event_id"] for each in (*first["data"], *second["data"])]
    assert listed == ["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("query", [{"limit": "0"}, {"cursor": "a"}])
def test_a_bad_page_is_refused(query: dict, native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    assert native.call("GET", PATH, query=query).status == 400


def test_what_is_not_there_is_404(native: Api):
    answer = native.call("GET", PATH)
    assert (answer.status, answer.document["code"]) == (404, "not_found")
