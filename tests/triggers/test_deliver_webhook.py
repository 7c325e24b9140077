"""Deliveries are attempted, signed, until one succeeds or the time limit is reached."""

import errno
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from local.url_policy import LocalUrlPolicy
from shared.adapters import webhook_sender
from shared.adapters.delivery_failures import CODES, ConnectTimeout, failure_of
from shared.adapters.url_policy import PublicUrlPolicy
from shared.adapters.webhook_sender import HttpWebhookSender
from shared.domain.deliveries import (
    Attempt,
    Delivery,
    DeliveryStatus,
    DeliveryTask,
)
from shared.domain.errors import Unavailable, Unreachable
from shared.domain.webhooks import (
    OldSecret,
    Webhook,
    WebhookStatus,
)
from shared.services.webhooks import deliveries as webhook_deliveries
from shared.services.webhooks.deliveries import DELAYS
from shared.services.webhooks.webhook_health import MAX_FAILED_DELIVERIES
from shared.table import keys
from shared.table.operations import update
from shared.validation.delivery_tasks import encode_task
from shared.wiring import endpoints as wiring
from shared.wiring import webhooks as webhook_wiring
from tests.aws_calls import around_calls
from tests.deliveries import Queue
from tests.failures import failing, rejected
from tests.fixtures import Fixtures
from tests.receiver import HOST, Authority, Receiver, ThisMachine, serve
from tests.triggers.queue import failures, record

SECRET = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q="
OTHER_SECRET = "whsec_YW5vdGhlciBzZWNyZXQgb2YgYSB0ZXN0"
AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
PAYLOAD = {"type": "contact.created", "timestamp": "2026-11-22T05:00:00.000Z", "data": {"ñ": "é"}}
ORDER = DeliveryTask("acme", "wh_1", "evt_1", AT, PAYLOAD)


def begin(fixtures: Fixtures, **facts: Any) -> None:
    """Store a pending delivery of the task."""
    known = {"webhook_id": "wh_1", "event_id": "evt_1", "topic": "contact.created"}
    known |= {"occurred_at": AT, "created_at": AT, "expires_at": AT + timedelta(days=30)}
    fixtures.deliveries.add("acme", Delivery(**{**known, **facts}))


def deliver(attempt: int = 0) -> bool:
    """Process the task of an attempt. Return whether its message is deleted."""
    message = record(encode_task(replace(ORDER, attempts_before=attempt)), "m1")
    return failures("TriggerDeliverWebhook", message) == []


def delivery(fixtures: Fixtures) -> Delivery:
    found = fixtures.deliveries.find_by_id("acme", "wh_1", ORDER.delivery_id)
    assert found is not None
    return found


def webhook(fixtures: Fixtures) -> Webhook:
    found = fixtures.webhooks.find("acme", "wh_1")
    assert found is not None
    return found


@pytest.fixture
def ordered(queued: Queue, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Record the attempts that were queued, with their delays in seconds."""
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        webhook_wiring.delivery_queue(),
        "send",
        lambda orders, seconds: told.extend((order.attempts_before, seconds) for order in orders),
    )
    return told


def about(seconds: int) -> Any:
    """Match a number of seconds, less the time that a busy machine may take."""
    return pytest.approx(seconds - 5, abs=5)


def make_due(fixtures: Fixtures) -> None:
    """Make the next attempt due."""
    found = delivery(fixtures)
    due = replace(found, next_attempt_at=AT, version=found.version + 1)
    fixtures.deliveries.replace("acme", due)


def test_a_delivery_arrives_signed_and_is_done(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url, secret=SECRET)
    begin(fixtures)
    assert deliver()
    (received,) = receiver.received
    assert received.path == "/hooks?a=b"
    assert received.headers["host"] == f"{HOST}:{receiver.port}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == "evt_1"
    assert Verifier(SECRET).verify(received.body, received.headers) == PAYLOAD
    with pytest.raises(WebhookVerificationError):
        Verifier(OTHER_SECRET).verify(received.body, received.headers)
    done = delivery(fixtures)
    assert (done.status, done.next_attempt_at) == (DeliveryStatus.DELIVERED, None)
    (attempt,) = done.attempts
    assert (attempt.status_code, attempt.error) == (204, None)


def test_an_old_secret_signs_too_until_its_time(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    soon = datetime.now(UTC) + timedelta(hours=1)
    gone = "whsec_Z29uZSBzZWNyZXQ="
    old = (OldSecret(OTHER_SECRET, soon), OldSecret(gone, AT - timedelta(days=1)))
    fixtures.webhook("wh_1", url=receiver.url, secret=SECRET, old_secrets=old)
    begin(fixtures)
    deliver()
    (received,) = receiver.received
    assert len(received.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER_SECRET):
        assert Verifier(secret).verify(received.body, received.headers) == PAYLOAD
    with pytest.raises(WebhookVerificationError):
        Verifier(gone).verify(received.body, received.headers)


@pytest.mark.parametrize(
    "secret", ["no base64: ñ", "whsec_my-secret-1", "whsec_abcde", "whsec_ñ", "whsec_"]
)
def test_a_secret_of_any_form_signs_by_its_bytes(
    secret: str, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url, secret=secret)
    begin(fixtures)
    assert deliver()
    (received,) = receiver.received
    assert Verifier(secret.encode()).verify(received.body, received.headers) == PAYLOAD


def test_a_secret_in_base64_may_lack_its_padding(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url, secret=SECRET.rstrip("="))
    begin(fixtures)
    assert deliver()
    (received,) = receiver.received
    assert Verifier(SECRET).verify(received.body, received.headers) == PAYLOAD


def redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("location", "http://169.254.169.254/latest/meta-data")
    handler.end_headers()


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"this is no HTTP\r\n\r\n")


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_body(handler: BaseHTTPRequestHandler, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("content-length", "100000")
    handler.end_headers()
    drip(handler)


def never(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


FAILURES = {
    "500": (500, 500, "http_status", "the receiver answered 500"),
    "404": (404, 404, "http_status", "the receiver answered 404"),
    "redirect": (
        redirect,
        307,
        "redirect_not_followed",
        "the receiver answered 307: not followed",
    ),
    "hang up": (
        hang_up,
        None,
        "connection_closed",
        "the connection was closed before a response",
    ),
    "nonsense": (nonsense, None, "invalid_response", "the response is not valid HTTP"),
    "headers byte by byte": (
        drip,
        None,
        "response_timeout",
        "the receiver did not respond in time",
    ),
    "503 with a body byte by byte": (
        partial(drip_body, status=503),
        503,
        "http_status",
        "the receiver answered 503",
    ),
    "no answer": (never, None, "response_timeout", "the receiver did not respond in time"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_what_fails_is_tried_again_later(
    case: str,
    fixtures: Fixtures,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(webhook_sender, "TOTAL_SECONDS", 0.4)
    receiver.answer, status, code, error = FAILURES[case]
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    began = time.monotonic()
    assert deliver()
    assert time.monotonic() - began < 1.5
    assert len(receiver.received) == 1
    failed = delivery(fixtures)
    assert failed.status is DeliveryStatus.PENDING
    (attempt,) = failed.attempts
    assert (attempt.status_code, attempt.error_code, attempt.error) == (status, code, error)
    assert (
        failed.next_attempt_at
        == attempt.at.replace(microsecond=attempt.at.microsecond // 1000 * 1000) + DELAYS[0]
    )
    assert ordered == [(1, DELAYS[0].total_seconds())]
    assert webhook(fixtures).failing_since is not None


def test_a_body_that_comes_slowly_is_not_waited_for(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook_sender, "TOTAL_SECONDS", 0.4)
    receiver.answer = drip_body
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


def test_a_large_answer_is_not_read(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        sent.extend(handler.wfile.write(b"x" * 10_000) for _ in range(5000))

    receiver.answer = flood
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert sum(sent) < 20_000_000


def test_tries_come_ever_later_and_after_the_last_one_the_order_is_put_aside(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, ordered: list[tuple[int, int]]
):
    receiver.answer = 500
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    for attempt in range(len(DELAYS) + 1):
        assert queued.dead_letters() == []
        assert deliver(attempt)
        make_due(fixtures) if attempt < len(DELAYS) else None
    assert ordered == [(place + 1, delay.total_seconds()) for place, delay in enumerate(DELAYS)]
    given_up = delivery(fixtures)
    assert (given_up.status, given_up.next_attempt_at) == (DeliveryStatus.FAILED, None)
    assert len(given_up.attempts) == len(DELAYS) + 1
    (letter,) = queued.dead_letters()
    assert letter == json.loads(encode_task(replace(ORDER, attempts_before=len(DELAYS) + 1)))
    assert {each.headers["webhook-id"] for each in receiver.received} == {"evt_1"}


def given_up(fixtures: Fixtures) -> None:
    """Store a delivery whose attempts have all failed."""
    attempts = (Attempt(AT, 500, "the receiver answered 500", 1),) * (len(DELAYS) + 1)
    begin(fixtures, status=DeliveryStatus.FAILED, attempts=attempts)


def test_an_order_that_was_put_back_begins_anew(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url)
    given_up(fixtures)
    assert deliver(len(DELAYS) + 1)
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED
    assert len(receiver.received) == 1


@pytest.mark.parametrize("is_there", [True, False])
def test_a_redriven_delivery_that_is_canceled_keeps_its_attempts(
    *, is_there: bool, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    if is_there:
        fixtures.webhook("wh_1", url=receiver.url, status=WebhookStatus.DISABLED)
    given_up(fixtures)
    assert deliver(len(DELAYS) + 1)
    canceled = delivery(fixtures)
    assert canceled.status is DeliveryStatus.CANCELED
    assert len(canceled.attempts) == len(DELAYS) + 1


def test_a_second_order_of_the_last_attempt_begins_nothing(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url)
    given_up(fixtures)
    assert deliver(len(DELAYS))
    assert (receiver.received, queued.dead_letters()) == ([], [])
    assert delivery(fixtures).status is DeliveryStatus.FAILED


def test_before_its_time_it_is_ordered_anew(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures, next_attempt_at=datetime.now(UTC) + timedelta(seconds=100))
    assert deliver()
    assert receiver.received == []
    assert ordered == [(0, about(100))]


def test_what_is_put_off_for_hours_is_sent_on_and_never_hidden(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """A hidden message is in flight, and a queue has a limit of those."""
    asked: list[tuple[str, Any]] = []
    client = webhook_wiring.delivery_queue()._client
    monkeypatch.setattr(
        client, "_make_api_call", lambda name, sent: asked.append((name, sent)) or {}
    )
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures, next_attempt_at=datetime.now(UTC) + timedelta(hours=10))
    assert deliver()
    ((name, sent),) = asked
    assert (name, [each["DelaySeconds"] for each in sent["Entries"]]) == ("SendMessageBatch", [900])


def test_what_somebody_else_is_trying_is_left_to_them(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    """With two tasks of one attempt, the second waits until the first ends, and then ends."""
    receiver.answer = 500
    seen: list[bool] = []

    def meanwhile(handler: BaseHTTPRequestHandler) -> None:
        seen.append(deliver())
        handler.send_response(500)
        handler.end_headers()

    receiver.answer = meanwhile
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert seen == [True]
    (second, following) = ordered
    assert (second[0], following) == (0, (1, DELAYS[0].total_seconds()))
    assert 55 < second[1] <= 60
    make_due(fixtures)
    assert deliver(second[0])
    assert len(receiver.received) == 1
    assert len(ordered) == 2


def test_whoever_is_overtaken_between_reading_and_claiming_waits(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]], monkeypatch: Any
):
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    real = type(fixtures.webhooks).find

    def overtaken(*arguments: Any) -> Webhook | None:
        make_due(fixtures)
        return real(*arguments)

    monkeypatch.setattr(type(fixtures.webhooks), "find", overtaken)
    assert deliver()
    assert receiver.received == []
    assert ordered == [(0, about(60))]


@pytest.mark.parametrize(
    ("attempt", "left"), [(0, []), (1, []), (2, [(2, about(60))]), (3, [(3, about(60))])]
)
def test_an_order_of_an_attempt_that_was_made_ends(
    attempt: int,
    left: list[tuple[int, int]],
    fixtures: Fixtures,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
):
    """Neither a republished event nor a repeated message causes another attempt.

    "One ahead" is a task that arrives before the result of the previous attempt is stored.
    """
    fixtures.webhook("wh_1", url=receiver.url)
    attempts = (Attempt(AT, 500, "x", 1),) * 2
    begin(fixtures, attempts=attempts, next_attempt_at=datetime.now(UTC) + timedelta(seconds=60))
    assert deliver(attempt)
    assert ordered == left


def test_of_two_orders_that_were_put_back_one_is_left_after_an_attempt(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    receiver.answer = 500
    fixtures.webhook("wh_1", url=receiver.url)
    given_up(fixtures)
    assert deliver(len(DELAYS) + 1)
    assert deliver(len(DELAYS) + 1)
    (_, (second, _)) = ordered
    make_due(fixtures)
    assert deliver(1)
    make_due(fixtures)
    for attempt in (second, 2):
        assert deliver(attempt)
        make_due(fixtures)
    assert len(receiver.received) == 3
    assert [attempt for attempt, _ in ordered] == [1, 2, 2, 3]


def test_a_try_that_was_killed_is_made_again(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """Killed after the response and before it was stored. The receiver recognizes the event id."""
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)

    class Killed(BaseException):
        pass

    real, writes = type(fixtures.deliveries).replace, []

    def killed_at_second(self: Any, account_id: str, changed: Delivery) -> None:
        writes.append(changed)
        if len(writes) == 2:
            raise Killed
        real(self, account_id, changed)

    with monkeypatch.context() as dying:
        dying.setattr(type(fixtures.deliveries), "replace", killed_at_second)
        with pytest.raises(Killed):
            deliver()
    assert delivery(fixtures).attempts == ()
    make_due(fixtures)
    assert deliver()
    assert [each.headers["webhook-id"] for each in receiver.received] == ["evt_1", "evt_1"]
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize("status", [DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED])
def test_what_is_done_is_not_done_again(
    status: DeliveryStatus, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures, status=status)
    assert deliver()
    assert receiver.received == []


def test_what_nobody_knows_of_any_more_is_dropped(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    fixtures.webhook("wh_1", url=receiver.url)
    assert deliver()
    assert receiver.received == []


@pytest.mark.parametrize("is_there", [True, False])
def test_to_a_webhook_that_is_disabled_or_gone_nothing_is_sent(
    *, is_there: bool, fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    if is_there:
        fixtures.webhook("wh_1", url=receiver.url, status=WebhookStatus.DISABLED)
    begin(fixtures)
    assert deliver()
    assert receiver.received == []
    assert delivery(fixtures).status is DeliveryStatus.CANCELED


def test_a_test_is_sent_to_a_disabled_webhook_and_tried_once(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    receiver.answer = 500
    fixtures.webhook("wh_1", url=receiver.url, status=WebhookStatus.DISABLED)
    begin(fixtures, topic="webhook.test")
    assert deliver()
    assert len(receiver.received) == 1
    assert delivery(fixtures).status is DeliveryStatus.FAILED
    assert webhook(fixtures).failing_since is None


def test_a_success_ends_a_row_of_failures(fixtures: Fixtures, receiver: Receiver, queued: Queue):
    fixtures.webhook(
        "wh_1", url=receiver.url, failing_since=AT, failed_deliveries=MAX_FAILED_DELIVERIES - 1
    )
    begin(fixtures)
    assert deliver()
    assert (webhook(fixtures).failing_since, webhook(fixtures).failed_deliveries) == (None, 0)


@pytest.mark.parametrize(("answer", "lost"), [(204, 0), (503, 3)])
def test_what_a_webhook_could_not_be_told_it_is_told_by_the_next_try(
    answer: int,
    lost: int,
    fixtures: Fixtures,
    receiver: Receiver,
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
):
    receiver.answer = answer
    fixtures.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC), failed_deliveries=2)
    begin(fixtures, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))

    def unavailable(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(type(fixtures.webhooks), "replace", unavailable)
        assert not deliver(len(DELAYS))
    assert webhook(fixtures).failed_deliveries == 2
    make_due(fixtures)
    assert deliver(len(DELAYS))
    assert webhook(fixtures).failed_deliveries == lost


def test_a_failed_delivery_whose_end_could_not_be_stored_counts_once(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    receiver.answer = 503
    fixtures.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC), failed_deliveries=2)
    begin(fixtures, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))
    real, writes = type(fixtures.deliveries).replace, []

    def fail_at_second(self: Any, account_id: str, changed: Delivery) -> None:
        writes.append(changed)
        if len(writes) == 2:
            raise Unavailable
        real(self, account_id, changed)

    with monkeypatch.context() as broken:
        broken.setattr(type(fixtures.deliveries), "replace", fail_at_second)
        assert not deliver(len(DELAYS))
    make_due(fixtures)
    assert deliver(len(DELAYS))
    assert delivery(fixtures).status is DeliveryStatus.FAILED
    assert webhook(fixtures).failed_deliveries == 3


def test_two_failed_deliveries_whose_ends_cannot_be_stored_count_once_each(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """Their attempts are repeated in turns, so the last failed delivery is never the same."""
    receiver.answer = 503
    fixtures.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC))
    real = type(fixtures.deliveries).replace

    def fail_at_end(self: Any, account_id: str, changed: Delivery) -> None:
        if changed.status is DeliveryStatus.FAILED:
            raise Unavailable
        real(self, account_id, changed)

    monkeypatch.setattr(type(fixtures.deliveries), "replace", fail_at_end)
    for turn in range(3):
        for event_id in ("evt_1", "evt_2"):
            order = replace(ORDER, event_id=event_id, attempts_before=len(DELAYS))
            if turn == 0:
                begin(fixtures, event_id=event_id, attempts=(Attempt(AT, 503, "x", 1),) * 7)
            found = fixtures.deliveries.find_by_id("acme", "wh_1", order.delivery_id)
            assert found is not None
            due = replace(found, next_attempt_at=AT, version=found.version + 1)
            fixtures.deliveries.replace("acme", due)
            assert failures("TriggerDeliverWebhook", record(encode_task(order), "m1")) == ["m1"]
    assert (webhook(fixtures).failed_deliveries, webhook(fixtures).is_active) == (2, True)


def test_a_failed_delivery_that_an_earlier_version_counted_counts_once(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    """Earlier versions stored only the id of the last one, as `last_lost`."""
    receiver.answer = 503
    fixtures.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC), failed_deliveries=2)
    begin(fixtures, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))
    fixtures.table.write(
        [
            update(
                keys.webhook("acme", "wh_1"),
                {"last_lost": {"S": delivery(fixtures).delivery_id}},
                ["failed_delivery_ids"],
            )
        ]
    )
    assert deliver(len(DELAYS))
    assert webhook(fixtures).failed_deliveries == 2


def test_after_so_many_lost_deliveries_a_webhook_is_disabled_and_tells_why(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    receiver.answer = 503
    fixtures.webhook(
        "wh_1",
        url=receiver.url,
        failing_since=datetime.now(UTC),
        failed_deliveries=MAX_FAILED_DELIVERIES - 1,
    )
    begin(fixtures, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))
    assert deliver(len(DELAYS))
    disabled = webhook(fixtures)
    assert disabled.status is WebhookStatus.DISABLED
    assert disabled.disabled_reason == (
        "5 deliveries in a row failed; the last error was: the receiver answered 503"
    )
    assert disabled.disabled_at is not None


def test_a_delivery_that_fails_after_days_without_a_success_disables_its_webhook(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    """All retries are made first, because days without an event are no failures."""
    receiver.answer = 503
    since = datetime.now(UTC) - timedelta(days=5)
    fixtures.webhook("wh_1", url=receiver.url, failing_since=since)
    begin(fixtures, attempts=(Attempt(AT, 503, "x", 1),) * (len(DELAYS) - 1))
    assert deliver(len(DELAYS) - 1)
    assert webhook(fixtures).status is WebhookStatus.ACTIVE
    make_due(fixtures)
    assert deliver(len(DELAYS))
    assert webhook(fixtures).status is WebhookStatus.DISABLED
    assert "no delivery has succeeded for 5 days" in (webhook(fixtures).disabled_reason or "")


def test_a_receiver_that_is_gone_for_good_is_disabled_at_once(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    receiver.answer = 410
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert delivery(fixtures).status is DeliveryStatus.FAILED
    assert "gone for good" in (webhook(fixtures).disabled_reason or "")


def test_a_webhook_that_is_deleted_while_it_is_told_stays_deleted(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    def delete(handler: BaseHTTPRequestHandler) -> None:
        fixtures.webhooks.delete("acme", "wh_1")
        handler.send_response(500)
        handler.end_headers()

    receiver.answer = delete
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert fixtures.webhooks.find("acme", "wh_1") is None


def test_a_certificate_of_another_name_is_not_believed(
    fixtures: Fixtures, receiver: Receiver, authority: Authority, ordered: list[tuple[int, int]]
):
    other, server = serve(authority.server_context("other.example.com"))
    fixtures.webhook("wh_1", url=f"https://{HOST}:{other.port}/")
    begin(fixtures)
    assert deliver()
    server.shutdown()
    server.server_close()
    assert other.received == []
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == "certificate_host_mismatch"
    assert attempt.error == "the certificate is for another host"


def test_a_certificate_of_an_unknown_authority_is_not_believed(
    fixtures: Fixtures,
    receiver: Receiver,
    tmp_path: Any,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(HttpWebhookSender, "tls_context", Authority(tmp_path).trust())
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == "certificate_untrusted"
    assert attempt.error == "the certificate authority is not trusted"


def test_plain_http_is_not_spoken_even_where_it_was_stored(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    fixtures.webhook("wh_1", url=f"http://{HOST}:{receiver.port}/")
    begin(fixtures)
    assert deliver()
    assert receiver.received == []
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == "address_not_allowed"
    assert attempt.error == "it must start with https://"


def test_plain_http_is_spoken_on_this_machine_where_a_run_allows_it(
    fixtures: Fixtures,
    ordered: list[tuple[int, int]],
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
):
    receiver, server = serve(None)
    monkeypatch.setattr(webhook_wiring, "_URL_POLICY_OVERRIDES", [LocalUrlPolicy()])
    fixtures.webhook("wh_1", url=f"http://127.0.0.1:{receiver.port}/hooks", secret=SECRET)
    begin(fixtures)
    assert deliver()
    server.shutdown()
    server.server_close()
    (received,) = receiver.received
    assert received.path == "/hooks"
    assert Verifier(SECRET).verify(received.body, received.headers) == PAYLOAD
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize(
    ("unreachable", "error", "code"),
    [
        (["192.0.2.1"], TimeoutError(), None),
        (["192.0.2.1"], OSError(errno.ENETUNREACH, "x"), None),
        (["192.0.2.1", "127.0.0.1"], TimeoutError(), "connect_timeout"),
        (["192.0.2.1", "127.0.0.1"], OSError(errno.ENETUNREACH, "x"), "network_unreachable"),
    ],
)
def test_the_next_address_is_tried_if_one_does_not_accept(
    unreachable: list[str],
    error: OSError,
    code: str | None,
    fixtures: Fixtures,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    connect = socket.create_connection

    def connect_unless(address: tuple[str, int], *options: Any, **named: Any) -> socket.socket:
        if address[0] in unreachable and address[1] == receiver.port:
            raise error
        return connect(address, *options, **named)

    monkeypatch.setattr(socket, "create_connection", connect_unless)
    monkeypatch.setattr(ThisMachine, "resolve", lambda *_: ["192.0.2.1", "127.0.0.1"])
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == code
    assert len(receiver.received) == (code is None)


def test_certificates_are_checked_by_the_authorities_of_the_system():
    """Other tests replace them. This test has the deployed setting."""
    context = HttpWebhookSender(PublicUrlPolicy()).tls_context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_refused_connection_is_a_failure(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    fixtures.webhook("wh_1", url=f"https://{HOST}:9/")
    begin(fixtures)
    assert deliver()
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == "connection_refused"
    assert attempt.error == "the connection was refused"


def test_a_host_without_an_address_is_a_failure(
    fixtures: Fixtures, receiver: Receiver, ordered: list[tuple[int, int]]
):
    fixtures.webhook("wh_1", url="https://nowhere.example.com/")
    begin(fixtures)
    assert deliver()
    (attempt,) = delivery(fixtures).attempts
    assert (attempt.error_code, attempt.error) == (
        "host_not_found",
        "there is no host of this name",
    )


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionResetError(), "connection_closed"),
        (BrokenPipeError(), "connection_closed"),
        (ConnectTimeout(), "connect_timeout"),
        (TimeoutError(), "response_timeout"),
        (OSError(errno.ENETUNREACH, "x"), "network_unreachable"),
        (OSError(errno.EHOSTUNREACH, "x"), "network_unreachable"),
        (OSError("x"), "connection_failed"),
        (ValueError("x"), "connection_failed"),
        (ssl.SSLError("x"), "tls_failed"),
        (ssl.SSLEOFError("x"), "connection_closed"),
        (Unreachable("it leads elsewhere"), "address_not_allowed"),
    ],
)
def test_a_failure_has_a_code_and_no_internals(error: Exception, code: str):
    failure = failure_of(error)
    assert failure.code == code
    assert code in CODES
    assert "Error" not in failure.message


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (9, "certificate_not_yet_valid"),
        (10, "certificate_expired"),
        (18, "certificate_self_signed"),
        (19, "certificate_untrusted"),
        (62, "certificate_host_mismatch"),
        (7, "certificate_invalid"),
    ],
)
def test_a_certificate_that_is_refused_says_why(number: int, code: str):
    error = ssl.SSLCertVerificationError()
    error.verify_code = number
    assert failure_of(error).code == code
    assert code in CODES


def test_a_connection_that_is_not_made_in_time_is_told_from_a_slow_response(
    fixtures: Fixtures,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    """Without remaining time, no connection is made."""
    monkeypatch.setattr(webhook_sender, "TOTAL_SECONDS", 0.0)
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    assert deliver()
    assert receiver.received == []
    (attempt,) = delivery(fixtures).attempts
    assert attempt.error_code == "connect_timeout"


def test_a_delivery_that_fails_comes_again_when_it_is_due(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """The engine's queue deletes its message, and delivers another one later."""
    monkeypatch.setattr(webhook_deliveries, "DELAYS", (timedelta(seconds=1),))
    receiver.answer = 500
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    webhook_wiring.delivery_queue().send([ORDER])
    (message,) = queued.receive()
    assert failures("TriggerDeliverWebhook", message) == []
    assert queued.receive() == []
    time.sleep(1.2)
    (again,) = queued.receive()
    assert json.loads(again["body"]) == json.loads(encode_task(replace(ORDER, attempts_before=1)))
    receiver.answer = 200
    assert failures("TriggerDeliverWebhook", again) == []
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED


def test_a_try_whose_next_one_cannot_be_ordered_is_made_again(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """If its result were stored without a task, it would never be retried."""
    receiver.answer = 500
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    with monkeypatch.context() as broken:
        broken.setattr(webhook_wiring.delivery_queue(), "_url", "http://127.0.0.1:9/queue/gone")
        assert not deliver()
    assert delivery(fixtures).attempts == ()
    make_due(fixtures)
    assert deliver()
    assert len(delivery(fixtures).attempts) == 1


@pytest.mark.parametrize("body", ["", "{", "{}", json.dumps({"account_id": "acme"})])
def test_what_is_no_order_comes_again_and_is_logged_as_rejected(
    body: str, fixtures: Fixtures, queued: Queue, caplog: pytest.LogCaptureFixture
):
    assert failures("TriggerDeliverWebhook", record(body, "bad")) == ["bad"]
    assert caplog.messages == ["rejected"]


class Clock:
    """A simulated clock on which calls of an operation take some seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **seconds: int) -> None:
        self.now = 0.0
        self._seconds = seconds
        monkeypatch.setattr(wiring, "LATEST_CALL_SECONDS", 20)
        monkeypatch.setattr("shared.table.seen_heads.monotonic", lambda: self.now)
        around_calls(monkeypatch, self._around)

    def _around(self, operation: str, call: Callable[[], Any]) -> Any:
        self.now += self._seconds.get(operation, 0)
        return call()


def test_a_request_is_not_begun_when_its_outcome_may_not_be_stored_in_time(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """The function would end between the request and storing it, and send the event again."""
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    with monkeypatch.context() as slow:
        Clock(slow, GetItem=3)
        assert not deliver()
    assert receiver.received == []
    make_due(fixtures)
    assert deliver()
    assert len(receiver.received) == 1


def test_no_call_begins_when_the_function_is_about_to_end(
    fixtures: Fixtures, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    with monkeypatch.context() as slow:
        clock = Clock(slow, GetItem=21)
        assert not deliver()
    assert clock.now == 21


THROTTLED = rejected("ProvisionedThroughputExceededException")


def test_while_the_table_is_throttled_nothing_is_sent(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    """The delivery can then be neither read nor claimed."""
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    for operation in ("GetItem", "PutItem"):
        with failing({operation: THROTTLED}):
            assert not deliver()
    assert receiver.received == []
    assert deliver()
    assert len(receiver.received) == 1


def test_a_try_that_could_not_be_written_down_is_made_again_under_the_same_id(
    fixtures: Fixtures, receiver: Receiver, queued: Queue
):
    """The table is throttled after the response of the receiver."""
    answers: dict[str, Any] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        answers["PutItem"] = THROTTLED
        handler.send_response(200)
        handler.send_header("content-length", "0")
        handler.end_headers()

    receiver.answer = answer
    fixtures.webhook("wh_1", url=receiver.url)
    begin(fixtures)
    with failing(answers):
        assert not deliver()
    receiver.answer = 200
    make_due(fixtures)
    assert deliver()
    assert [each.headers["webhook-id"] for each in receiver.received] == ["evt_1", "evt_1"]
    assert delivery(fixtures).status is DeliveryStatus.DELIVERED
