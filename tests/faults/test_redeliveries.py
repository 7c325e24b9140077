"""A delivery that is to be sent again is queued, though the response to its write is lost."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api import Api
from tests.deliveries import Queue
from tests.endpoints.native.test_redeliver_webhook_delivery import AT, PATH, delivered
from tests.faults.kinds import KINDS, conflict, reset_after
from tests.faults.proxy import Exchange, Fault, Proxy, let_pass
from tests.fixtures import Fixtures

KEY = "native_0123456789"
SINCE = {"since": "2026-11-22T05:00:00Z"}
REQUESTS = [(PATH, None), ("/v1/webhooks/wh_1/redeliver", SINCE)]


def at_first_put(fault: Fault) -> Fault:
    """A fault of the first item that is put."""
    met: list[Exchange] = []

    def meet(exchange: Exchange) -> None:
        if exchange.operation != "PutItem" or met:
            let_pass(exchange)
            return
        met.append(exchange)
        fault(exchange)

    return meet


@pytest.mark.parametrize("fault", [reset_after, conflict])
@pytest.mark.parametrize(("path", "body"), REQUESTS)
def test_a_delivery_is_queued_when_its_write_meets_a_fault(
    fault: Fault, path: str, body: Any, fixtures: Fixtures, queued: Queue, wire: Proxy
):
    fixtures.key(KEY, permissions=("*",))
    fixtures.webhook("wh_1")
    delivered(fixtures)
    wire.meddle(at_first_put(fault), lasting=True)
    assert Api(KEY).call("POST", path, body).status in (200, 201, 202)
    assert [each["event_id"] for each in queued.tasks()] == ["evt_1"]
    (stored,) = fixtures.deliveries.page("acme", "wh_1", None, 10).deliveries
    assert (stored.status, stored.attempts) == ("pending", ())


def test_no_delivery_is_left_pending_when_another_cannot_be_written(
    fixtures: Fixtures, queued: Queue, wire: Proxy
):
    fixtures.key(KEY, permissions=("*",))
    fixtures.webhook("wh_1")
    older = delivered(fixtures)
    newer = delivered(fixtures, event_id="evt_2", occurred_at=AT + timedelta(minutes=1))

    def throttle_older(exchange: Exchange) -> None:
        is_of_older = exchange.operation == "PutItem" and b"evt_1" in exchange.body
        (KINDS["throttled"].fault if is_of_older else let_pass)(exchange)

    wire.meddle(throttle_older, lasting=True)
    assert Api(KEY).call("POST", "/v1/webhooks/wh_1/redeliver", SINCE).status == 500
    assert queued.tasks() == []
    stored = fixtures.deliveries.page("acme", "wh_1", None, 10).deliveries
    assert [(each.event_id, each.status, each.attempts) for each in stored] == [
        (each.event_id, each.status, each.attempts) for each in (newer, older)
    ]


@pytest.mark.parametrize("fault", [reset_after, conflict])
def test_a_test_is_listed_when_its_write_meets_a_fault(
    fault: Fault, fixtures: Fixtures, queued: Queue, wire: Proxy
):
    fixtures.key(KEY, permissions=("*",))
    fixtures.webhook("wh_1")
    wire.meddle(at_first_put(fault), lasting=True)
    assert Api(KEY).call("POST", "/v1/webhooks/wh_1/test").status in (200, 201, 202)
    (sent,) = queued.tasks()
    (stored,) = fixtures.deliveries.page("acme", "wh_1", None, 10).deliveries
    assert stored.event_id == sent["event_id"]
