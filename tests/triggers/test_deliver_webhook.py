"""Deliveries are tried, signed, until one succeeds or time is up."""

import errno
import json
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from shared.adapters import webhook_sender as courier
from shared.adapters.delivery_failures import CODES, ConnectTimeout, failure_of
from shared.adapters.delivery_queue import written
from shared.domain.errors import Unavailable, Unreachable
from shared.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryOrder,
    DeliveryStatus,
    OldSecret,
    Webhook,
    WebhookStatus,
)
from shared.services.webhooks import deliveries as webhook_deliveries
from shared.services.webhooks.deliveries import DELAYS, MAX_LOST
from shared.wiring import webhooks as webhook_wiring
from tests.deliveries import Queue
from tests.failures import failing, refused
from tests.fixtures import World
from tests.receiver import HOST, Authority, Receiver, serve
from tests.triggers.queue import failures, record

SECRET = "whsec_dGhlIHNlY3JldCBvZiBhIHRlc3Q="
OTHER_SECRET = "whsec_YW5vdGhlciBzZWNyZXQgb2YgYSB0ZXN0"
AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
PAYLOAD = {"type": "contact.created", "timestamp": "2026-11-22T05:00:00.000Z", "data": {"ñ": "é"}}
ORDER = DeliveryOrder("acme", "wh_1", "evt_1", AT, PAYLOAD)


def begin(world: World, **facts: Any) -> None:
    """A delivery of the order that has begun."""
    known = {"webhook_id": "wh_1", "event_id": "evt_1", "topic": "contact.created"}
    known |= {"occurred_at": AT, "created_at": AT, "expires_at": AT + timedelta(days=30)}
    world.deliveries.add("acme", Delivery(**{**known, **facts}))


def deliver(attempt: int = 0) -> bool:
    """Hand the order of an attempt over, and tell whether its message is done."""
    message = record(written(replace(ORDER, attempt=attempt)), "m1")
    return failures("TriggerDeliverWebhook", message) == []


def delivery(world: World) -> Delivery:
    found = world.deliveries.find("acme", ORDER)
    assert found is not None
    return found


def webhook(world: World) -> Webhook:
    found = world.webhooks.find("acme", "wh_1")
    assert found is not None
    return found


@pytest.fixture
def ordered(queued: Queue, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Which attempts were ordered anew, and after how many seconds."""
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        webhook_wiring.delivery_queue(),
        "send",
        lambda orders, seconds: told.extend((order.attempt, seconds) for order in orders),
    )
    return told


def make_due(world: World) -> None:
    """Let the time of the next try come."""
    found = delivery(world)
    due = replace(found, next_attempt_at=AT, version=found.version + 1)
    world.deliveries.replace("acme", due)


def test_a_delivery_arrives_signed_and_is_done(world: World, receiver: Receiver, queued: Queue):
    world.webhook("wh_1", url=receiver.url, secret=SECRET)
    begin(world)
    assert deliver()
    (received,) = receiver.received
    assert received.path == "/hooks?a=b"
    assert received.headers["host"] == f"{HOST}:{receiver.port}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == "evt_1"
    assert Verifier(SECRET).verify(received.body, received.headers) == PAYLOAD
    with pytest.raises(WebhookVerificationError):
        Verifier(OTHER_SECRET).verify(received.body, received.headers)
    done = delivery(world)
    assert (done.status, done.next_attempt_at) == (DeliveryStatus.DELIVERED, None)
    (attempt,) = done.attempts
    assert (attempt.status_code, attempt.error) == (204, None)


def test_an_old_secret_signs_too_until_its_time(world: World, receiver: Receiver, queued: Queue):
    soon = datetime.now(UTC) + timedelta(hours=1)
    gone = "whsec_Z29uZSBzZWNyZXQ="
    old = (OldSecret(OTHER_SECRET, soon), OldSecret(gone, AT - timedelta(days=1)))
    world.webhook("wh_1", url=receiver.url, secret=SECRET, old_secrets=old)
    begin(world)
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
    secret: str, world: World, receiver: Receiver, queued: Queue
):
    world.webhook("wh_1", url=receiver.url, secret=secret)
    begin(world)
    assert deliver()
    (received,) = receiver.received
    assert Verifier(secret.encode()).verify(received.body, received.headers) == PAYLOAD


def test_a_secret_in_base64_may_lack_its_padding(world: World, receiver: Receiver, queued: Queue):
    world.webhook("wh_1", url=receiver.url, secret=SECRET.rstrip("="))
    begin(world)
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
    world: World,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(courier, "TOTAL_SECONDS", 0.4)
    receiver.answer, status, code, error = FAILURES[case]
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    began = time.monotonic()
    assert deliver()
    assert time.monotonic() - began < 1.5
    assert len(receiver.received) == 1
    failed = delivery(world)
    assert failed.status is DeliveryStatus.PENDING
    (attempt,) = failed.attempts
    assert (attempt.status_code, attempt.error_code, attempt.error) == (status, code, error)
    assert (
        failed.next_attempt_at
        == attempt.at.replace(microsecond=attempt.at.microsecond // 1000 * 1000) + DELAYS[0]
    )
    assert ordered == [(1, DELAYS[0].total_seconds())]
    assert webhook(world).failing_since is not None


def test_a_body_that_comes_slowly_is_not_waited_for(
    world: World, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(courier, "TOTAL_SECONDS", 0.4)
    receiver.answer = drip_body
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert delivery(world).status is DeliveryStatus.DELIVERED


def test_a_large_answer_is_not_read(world: World, receiver: Receiver, queued: Queue):
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        sent.extend(handler.wfile.write(b"x" * 10_000) for _ in range(5000))

    receiver.answer = flood
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert sum(sent) < 20_000_000


def test_tries_come_ever_later_and_after_the_last_one_the_order_is_put_aside(
    world: World, receiver: Receiver, queued: Queue, ordered: list[tuple[int, int]]
):
    receiver.answer = 500
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    for attempt in range(len(DELAYS) + 1):
        assert queued.put_aside() == []
        assert deliver(attempt)
        make_due(world) if attempt < len(DELAYS) else None
    assert ordered == [(place + 1, delay.total_seconds()) for place, delay in enumerate(DELAYS)]
    given_up = delivery(world)
    assert (given_up.status, given_up.next_attempt_at) == (DeliveryStatus.FAILED, None)
    assert len(given_up.attempts) == len(DELAYS) + 1
    (letter,) = queued.put_aside()
    assert letter == json.loads(written(replace(ORDER, attempt=len(DELAYS) + 1)))
    assert {each.headers["webhook-id"] for each in receiver.received} == {"evt_1"}


def given_up(world: World) -> None:
    """A delivery of which all attempts have failed."""
    attempts = (Attempt(AT, 500, "the receiver answered 500", 1),) * (len(DELAYS) + 1)
    begin(world, status=DeliveryStatus.FAILED, attempts=attempts)


def test_an_order_that_was_put_back_begins_anew(world: World, receiver: Receiver, queued: Queue):
    world.webhook("wh_1", url=receiver.url)
    given_up(world)
    assert deliver(len(DELAYS) + 1)
    assert delivery(world).status is DeliveryStatus.DELIVERED
    assert len(receiver.received) == 1


def test_a_second_order_of_the_last_attempt_begins_nothing(
    world: World, receiver: Receiver, queued: Queue
):
    world.webhook("wh_1", url=receiver.url)
    given_up(world)
    assert deliver(len(DELAYS))
    assert (receiver.received, queued.put_aside()) == ([], [])
    assert delivery(world).status is DeliveryStatus.FAILED


def test_before_its_time_it_is_ordered_anew(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    world.webhook("wh_1", url=receiver.url)
    begin(world, next_attempt_at=datetime.now(UTC) + timedelta(seconds=100))
    assert deliver()
    assert receiver.received == []
    assert ordered == [(0, 100)]


def test_what_is_put_off_for_hours_is_sent_on_and_never_hidden(
    world: World, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """A message that is hidden is in flight, of which a queue has only so many."""
    asked: list[tuple[str, Any]] = []
    client = webhook_wiring.delivery_queue()._client
    monkeypatch.setattr(
        client, "_make_api_call", lambda name, sent: asked.append((name, sent)) or {}
    )
    world.webhook("wh_1", url=receiver.url)
    begin(world, next_attempt_at=datetime.now(UTC) + timedelta(hours=10))
    assert deliver()
    ((name, sent),) = asked
    assert (name, [each["DelaySeconds"] for each in sent["Entries"]]) == ("SendMessageBatch", [900])


def test_what_somebody_else_is_trying_is_left_to_them(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    """Two orders of one attempt: while the first is at it, the second one waits, and ends then."""
    receiver.answer = 500
    seen: list[bool] = []

    def meanwhile(handler: BaseHTTPRequestHandler) -> None:
        seen.append(deliver())
        handler.send_response(500)
        handler.end_headers()

    receiver.answer = meanwhile
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert seen == [True]
    (second, following) = ordered
    assert (second[0], following) == (0, (1, DELAYS[0].total_seconds()))
    assert 55 < second[1] <= 60
    make_due(world)
    assert deliver(second[0])
    assert len(receiver.received) == 1
    assert len(ordered) == 2


def test_whoever_is_overtaken_between_reading_and_claiming_waits(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]], monkeypatch: Any
):
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    real = type(world.webhooks).find

    def overtaken(*arguments: Any) -> Webhook | None:
        make_due(world)
        return real(*arguments)

    monkeypatch.setattr(type(world.webhooks), "find", overtaken)
    assert deliver()
    assert receiver.received == []
    assert ordered == [(0, 60)]


@pytest.mark.parametrize(("attempt", "left"), [(0, []), (1, []), (2, [(2, 60)]), (3, [(3, 60)])])
def test_an_order_of_an_attempt_that_was_made_ends(
    attempt: int,
    left: list[tuple[int, int]],
    world: World,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
):
    """An event told again while it is pending, or a message given twice: neither multiplies.

    One ahead is an order that comes before the attempt before it is written down.
    """
    world.webhook("wh_1", url=receiver.url)
    attempts = (Attempt(AT, 500, "x", 1),) * 2
    begin(world, attempts=attempts, next_attempt_at=datetime.now(UTC) + timedelta(seconds=60))
    assert deliver(attempt)
    assert ordered == left


def test_of_two_orders_that_were_put_back_one_is_left_after_an_attempt(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    receiver.answer = 500
    world.webhook("wh_1", url=receiver.url)
    given_up(world)
    assert deliver(len(DELAYS) + 1)
    assert deliver(len(DELAYS) + 1)
    (_, (second, _)) = ordered
    make_due(world)
    assert deliver(1)
    make_due(world)
    for attempt in (second, 2):
        assert deliver(attempt)
        make_due(world)
    assert len(receiver.received) == 3
    assert [attempt for attempt, _ in ordered] == [1, 2, 2, 3]


def test_a_try_that_was_killed_is_made_again(
    world: World, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """After the answer and before it was written down: the receiver knows the event by its id."""
    world.webhook("wh_1", url=receiver.url)
    begin(world)

    class Killed(BaseException):
        pass

    real, writes = type(world.deliveries).replace, []

    def killed_at_second(self: Any, account_id: str, changed: Delivery) -> None:
        writes.append(changed)
        if len(writes) == 2:
            raise Killed
        real(self, account_id, changed)

    with monkeypatch.context() as dying:
        dying.setattr(type(world.deliveries), "replace", killed_at_second)
        with pytest.raises(Killed):
            deliver()
    assert delivery(world).attempts == ()
    make_due(world)
    assert deliver()
    assert [each.headers["webhook-id"] for each in receiver.received] == ["evt_1", "evt_1"]
    assert delivery(world).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize("status", [DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED])
def test_what_is_done_is_not_done_again(
    status: DeliveryStatus, world: World, receiver: Receiver, queued: Queue
):
    world.webhook("wh_1", url=receiver.url)
    begin(world, status=status)
    assert deliver()
    assert receiver.received == []


def test_what_nobody_knows_of_any_more_is_dropped(world: World, receiver: Receiver, queued: Queue):
    world.webhook("wh_1", url=receiver.url)
    assert deliver()
    assert receiver.received == []


@pytest.mark.parametrize("is_there", [True, False])
def test_to_a_webhook_that_is_disabled_or_gone_nothing_is_sent(
    *, is_there: bool, world: World, receiver: Receiver, queued: Queue
):
    if is_there:
        world.webhook("wh_1", url=receiver.url, status=WebhookStatus.DISABLED)
    begin(world)
    assert deliver()
    assert receiver.received == []
    assert delivery(world).status is DeliveryStatus.CANCELED


def test_a_test_is_sent_to_a_disabled_webhook_and_tried_once(
    world: World, receiver: Receiver, queued: Queue
):
    receiver.answer = 500
    world.webhook("wh_1", url=receiver.url, status=WebhookStatus.DISABLED)
    begin(world, topic="webhook.test")
    assert deliver()
    assert len(receiver.received) == 1
    assert delivery(world).status is DeliveryStatus.FAILED
    assert webhook(world).failing_since is None


def test_a_success_ends_a_row_of_failures(world: World, receiver: Receiver, queued: Queue):
    world.webhook("wh_1", url=receiver.url, failing_since=AT, lost=MAX_LOST - 1)
    begin(world)
    assert deliver()
    assert (webhook(world).failing_since, webhook(world).lost) == (None, 0)


@pytest.mark.parametrize(("answer", "lost"), [(204, 0), (503, 3)])
def test_what_a_webhook_could_not_be_told_it_is_told_by_the_next_try(
    answer: int,
    lost: int,
    world: World,
    receiver: Receiver,
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
):
    receiver.answer = answer
    world.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC), lost=2)
    begin(world, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))

    def unavailable(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(type(world.webhooks), "replace", unavailable)
        assert not deliver(len(DELAYS))
    assert webhook(world).lost == 2
    make_due(world)
    assert deliver(len(DELAYS))
    assert webhook(world).lost == lost


def test_after_so_many_lost_deliveries_a_webhook_is_disabled_and_tells_why(
    world: World, receiver: Receiver, queued: Queue
):
    receiver.answer = 503
    world.webhook("wh_1", url=receiver.url, failing_since=datetime.now(UTC), lost=MAX_LOST - 1)
    begin(world, attempts=(Attempt(AT, 503, "x", 1),) * len(DELAYS))
    assert deliver(len(DELAYS))
    disabled = webhook(world)
    assert disabled.status is WebhookStatus.DISABLED
    assert disabled.disabled_reason == (
        "5 deliveries in a row were given up; the last error was: the receiver answered 503"
    )
    assert disabled.disabled_at is not None


def test_after_so_many_days_without_success_a_webhook_is_disabled(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    receiver.answer = 503
    since = datetime.now(UTC) - timedelta(days=5)
    world.webhook("wh_1", url=receiver.url, failing_since=since)
    begin(world)
    assert deliver()
    assert "no delivery has succeeded for 5 days" in (webhook(world).disabled_reason or "")


def test_a_receiver_that_is_gone_for_good_is_disabled_at_once(
    world: World, receiver: Receiver, queued: Queue
):
    receiver.answer = 410
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert delivery(world).status is DeliveryStatus.FAILED
    assert "gone for good" in (webhook(world).disabled_reason or "")


def test_a_webhook_that_is_deleted_while_it_is_told_stays_deleted(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    def delete(handler: BaseHTTPRequestHandler) -> None:
        world.webhooks.delete("acme", "wh_1")
        handler.send_response(500)
        handler.end_headers()

    receiver.answer = delete
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert world.webhooks.find("acme", "wh_1") is None


def test_a_certificate_of_another_name_is_not_believed(
    world: World, receiver: Receiver, authority: Authority, ordered: list[tuple[int, int]]
):
    other, server = serve(authority.server_context("other.example.com"))
    world.webhook("wh_1", url=f"https://{HOST}:{other.port}/")
    begin(world)
    assert deliver()
    server.shutdown()
    server.server_close()
    assert other.received == []
    (attempt,) = delivery(world).attempts
    assert attempt.error_code == "certificate_host_mismatch"
    assert attempt.error == "the certificate is for another host"


def test_a_certificate_of_an_unknown_authority_is_not_believed(
    world: World, receiver: Receiver, tmp_path: Any, ordered: list[tuple[int, int]]
):
    webhook_wiring.courier().trust = Authority(tmp_path).trust()
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    (attempt,) = delivery(world).attempts
    assert attempt.error_code == "certificate_untrusted"
    assert attempt.error == "the certificate authority is not trusted"


def test_plain_http_is_not_spoken_even_where_it_was_stored(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    world.webhook("wh_1", url=f"http://{HOST}:{receiver.port}/")
    begin(world)
    assert deliver()
    assert receiver.received == []
    (attempt,) = delivery(world).attempts
    assert attempt.error_code == "address_not_allowed"
    assert attempt.error == "it must start with https://"


def test_a_refused_connection_is_a_failure(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    world.webhook("wh_1", url=f"https://{HOST}:9/")
    begin(world)
    assert deliver()
    (attempt,) = delivery(world).attempts
    assert attempt.error_code == "connection_refused"
    assert attempt.error == "the connection was refused"


def test_a_host_without_an_address_is_a_failure(
    world: World, receiver: Receiver, ordered: list[tuple[int, int]]
):
    world.webhook("wh_1", url="https://nowhere.example.com/")
    begin(world)
    assert deliver()
    (attempt,) = delivery(world).attempts
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
    assert "Error" not in failure.words


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
    world: World,
    receiver: Receiver,
    ordered: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
):
    """With no time left, nothing is connected to."""
    monkeypatch.setattr(courier, "TOTAL_SECONDS", 0.0)
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    assert deliver()
    assert receiver.received == []
    (attempt,) = delivery(world).attempts
    assert attempt.error_code == "connect_timeout"


def test_a_delivery_that_fails_comes_again_when_it_is_due(
    world: World, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """On the engine's own queue: its message is done, and another one comes then."""
    monkeypatch.setattr(webhook_deliveries, "DELAYS", (timedelta(seconds=1),))
    receiver.answer = 500
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    webhook_wiring.delivery_queue().send([ORDER])
    (message,) = queued.receive()
    assert failures("TriggerDeliverWebhook", message) == []
    assert queued.receive() == []
    time.sleep(1.2)
    (again,) = queued.receive()
    assert json.loads(again["body"]) == json.loads(written(replace(ORDER, attempt=1)))
    receiver.answer = 200
    assert failures("TriggerDeliverWebhook", again) == []
    assert delivery(world).status is DeliveryStatus.DELIVERED


def test_a_try_whose_next_one_cannot_be_ordered_is_made_again(
    world: World, receiver: Receiver, queued: Queue, monkeypatch: pytest.MonkeyPatch
):
    """Written down without an order, it would never be tried again."""
    receiver.answer = 500
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    with monkeypatch.context() as broken:
        broken.setattr(webhook_wiring.delivery_queue(), "_url", "http://127.0.0.1:9/queue/gone")
        assert not deliver()
    assert delivery(world).attempts == ()
    make_due(world)
    assert deliver()
    assert len(delivery(world).attempts) == 1


@pytest.mark.parametrize("body", ["", "{", "{}", json.dumps({"account_id": "acme"})])
def test_what_is_no_order_comes_again(body: str, world: World, queued: Queue):
    assert failures("TriggerDeliverWebhook", record(body, "bad")) == ["bad"]


THROTTLED = refused("ProvisionedThroughputExceededException")


def test_while_the_table_is_throttled_nothing_is_sent(
    world: World, receiver: Receiver, queued: Queue
):
    """Nothing is known of a delivery then, nor can it be claimed."""
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    for operation in ("GetItem", "PutItem"):
        with failing({operation: THROTTLED}):
            assert not deliver()
    assert receiver.received == []
    assert deliver()
    assert len(receiver.received) == 1


def test_a_try_that_could_not_be_written_down_is_made_again_under_the_same_id(
    world: World, receiver: Receiver, queued: Queue
):
    """The table is throttled from the moment at which the receiver has answered."""
    answers: dict[str, Any] = {}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        answers["PutItem"] = THROTTLED
        handler.send_response(200)
        handler.send_header("content-length", "0")
        handler.end_headers()

    receiver.answer = answer
    world.webhook("wh_1", url=receiver.url)
    begin(world)
    with failing(answers):
        assert not deliver()
    receiver.answer = 200
    make_due(world)
    assert deliver()
    assert [each.headers["webhook-id"] for each in receiver.received] == ["evt_1", "evt_1"]
    assert delivery(world).status is DeliveryStatus.DELIVERED
