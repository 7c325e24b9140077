"""Deliveries: begun for each webhook that takes an event, tried until they succeed or are lost."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from os import urandom

from shared.domain.changes import EventType
from shared.domain.errors import Unavailable, WebhookNotFound, WriteConflict
from shared.domain.model import Caller, JsonObject
from shared.domain.ports import Contacts, Courier, Deliveries, DeliveryQueue, Webhooks
from shared.domain.webhooks import (
    TEST_TOPIC,
    Attempt,
    BusEvent,
    Delivery,
    DeliveryOrder,
    DeliveryStatus,
    PayloadForm,
    Webhook,
    WebhookStatus,
)
from shared.services.webhooks import change_webhook, find_webhook

DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
)
"""The pauses before each new try: the last one comes more than a day after the first."""

KEPT_FOR = timedelta(days=30)
"""How long the log tells of a delivery."""

MAX_LOST = 5
"""So many deliveries given up, without a success between them, disable a webhook."""

MAX_FAILING = timedelta(days=5)
"""And so does a time without any success."""

_CLAIM = timedelta(seconds=60)
"""How long nobody else tries what is being tried: longer than a function runs."""

_GONE = 410


def order_deliveries(
    webhooks: Webhooks,
    deliveries: Deliveries,
    contacts: Contacts,
    queue: DeliveryQueue,
    forms: Mapping[str, PayloadForm],
    event: BusEvent,
    now: datetime,
) -> int:
    """Begin the delivery of an event to every webhook that takes it, and tell how many those are.

    Given the same event again, it orders again only what is not done.
    """
    orders = []
    for webhook in webhooks.list(event.account_id):
        taken = _part_for(webhook, event)
        payload = taken and _payload(contacts, forms[webhook.form], taken)
        if payload and _begin(deliveries, webhook, event, now):
            orders.append(_order(event, webhook, payload))
    if orders:
        queue.send(orders)
    return len(orders)


def send_test(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    form: PayloadForm,
) -> Delivery:
    """Begin the delivery of a test to a webhook, also to one that is disabled.

    Raises WebhookNotFound, or Unavailable: then the test is canceled.
    """
    webhook = find_webhook(webhooks, caller, webhook_id)
    event = BusEvent(
        event_id=f"evt_{urandom(16).hex()}",
        topic=TEST_TOPIC,
        occurred_at=caller.requested_at,
        account_id=caller.account_id,
        document={"schema_version": 1, "account_id": caller.account_id, "webhook_id": webhook_id},
    )
    delivery = _new(webhook, event, caller.requested_at)
    # Nobody else has this id: a conflict is a first try whose answer was lost.
    with suppress(WriteConflict):
        deliveries.add(caller.account_id, delivery)
    order = _order(event, webhook, form.payload(event, None) or {})
    try:
        queue.send([order])
    except Unavailable:
        # Its log would tell of it as pending for a month. Whoever got the order after all goes on.
        with suppress(WriteConflict):
            _save(deliveries, order, delivery, status=DeliveryStatus.CANCELED, next_attempt_at=None)
        raise
    return delivery


def deliver(
    webhooks: Webhooks,
    deliveries: Deliveries,
    courier: Courier,
    queue: DeliveryQueue,
    dead_letters: DeliveryQueue,
    order: DeliveryOrder,
    now: datetime,
) -> DeliveryStatus | None:
    """Make the attempt of an order, if it is time and there is still somebody to send to.

    Gives what has become of the delivery, None if nobody knows of it any more. What is left to do
    later is ordered anew. What is given up is put aside, ordered as one attempt after the last:
    that order begins the delivery anew.
    An order of an attempt that was made is dropped: whoever made it has ordered the next one. So
    there is always one order for what is pending, and others end with the attempt they are for.
    """
    delivery = deliveries.find(order.account_id, order)
    if delivery is None:
        return None
    is_done = delivery.status in (DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED)
    if is_done or order.attempt < len(delivery.attempts):
        return delivery.status
    if delivery.status is DeliveryStatus.FAILED:
        delivery = replace(delivery, status=DeliveryStatus.PENDING, attempts=())
    webhook = webhooks.find(order.account_id, order.webhook_id)
    if webhook is None or not (webhook.is_active or delivery.topic == TEST_TOPIC):
        _save(deliveries, order, delivery, status=DeliveryStatus.CANCELED, next_attempt_at=None)
        return DeliveryStatus.CANCELED
    claimed = _claim(deliveries, order, delivery, now)
    if claimed is None:
        queue.send([_put_off(order, delivery)], _seconds_left(delivery, now))
        return DeliveryStatus.PENDING
    attempt = courier.deliver(webhook, order)
    settled = _settled(claimed, attempt)
    # Before the attempt is written down: after that, this order is worth nothing.
    _order_following(queue, dead_letters, order, settled)
    if settled.topic != TEST_TOPIC:
        is_lost = settled.status is DeliveryStatus.FAILED
        _judge(webhooks, order, webhook, attempt, is_lost=is_lost)
    _save(deliveries, order, settled)
    return settled.status


def _part_for(webhook: Webhook, event: BusEvent) -> BusEvent | None:
    """What of an event a webhook is sent, None for nothing."""
    if not webhook.takes(event.topic):
        return None
    if webhook.variables is None or event.topic != EventType.CONTEXT_UPDATED:
        return event
    changes = event.document.get("changes")
    wanted = [
        change
        for change in (changes if isinstance(changes, list) else [])
        if isinstance(change, dict) and change.get("variable") in webhook.variables
    ]
    # Of a truncated event nobody knows what was left out.
    if not wanted and not event.document.get("truncated"):
        return None
    return replace(event, document={**event.document, "changes": [*wanted]})


def _payload(contacts: Contacts, form: PayloadForm, event: BusEvent) -> JsonObject | None:
    if not form.shows_contact:
        return form.payload(event, None)
    number = str(event.document.get("contact_id", "")).removeprefix("contact_")
    contact = contacts.find(event.account_id, int(number))
    return form.payload(event, contact) if contact else None


def _begin(deliveries: Deliveries, webhook: Webhook, event: BusEvent, now: datetime) -> bool:
    """Store a new delivery; False if there is one that is done."""
    try:
        deliveries.add(event.account_id, _new(webhook, event, now))
    except WriteConflict:
        known = deliveries.find(event.account_id, _order(event, webhook, {}))
        # Whoever stored it may not have come to ordering it.
        return known is not None and known.status is DeliveryStatus.PENDING
    return True


def _new(webhook: Webhook, event: BusEvent, now: datetime) -> Delivery:
    return Delivery(
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        topic=event.topic,
        occurred_at=event.occurred_at,
        created_at=now,
        expires_at=now + KEPT_FOR,
        next_attempt_at=now,
    )


def _order(event: BusEvent, webhook: Webhook, payload: JsonObject) -> DeliveryOrder:
    return DeliveryOrder(
        account_id=event.account_id,
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        payload=payload,
    )


def _claim(
    deliveries: Deliveries, order: DeliveryOrder, delivery: Delivery, now: datetime
) -> Delivery | None:
    """Keep others from a delivery while it is tried; None when it is not time."""
    if delivery.next_attempt_at and delivery.next_attempt_at > now:
        return None
    try:
        return _save(deliveries, order, delivery, next_attempt_at=now + _CLAIM)
    except WriteConflict:
        return None


def _seconds_left(delivery: Delivery, now: datetime) -> int:
    """Until it is time, or until the claim ends of whoever was faster."""
    due = delivery.next_attempt_at or now
    return math.ceil((due - now if due > now else _CLAIM).total_seconds())


def _put_off(order: DeliveryOrder, delivery: Delivery) -> DeliveryOrder:
    # One attempt ahead is what an order is that comes before the attempt before it is written down.
    # One that is further ahead was put aside, and would outlast all attempts.
    return replace(order, attempt=min(order.attempt, len(delivery.attempts) + 1))


def _save(
    deliveries: Deliveries, order: DeliveryOrder, delivery: Delivery, **facts: object
) -> Delivery:
    changed: Delivery = replace(delivery, version=delivery.version + 1, **facts)  # type: ignore[arg-type]
    deliveries.replace(order.account_id, changed)
    return changed


def _settled(delivery: Delivery, attempt: Attempt) -> Delivery:
    """What a delivery becomes by an attempt."""
    tried = replace(delivery, attempts=(*delivery.attempts, attempt), next_attempt_at=None)
    if attempt.error is None:
        return replace(tried, status=DeliveryStatus.DELIVERED)
    delay = _delay_after(delivery, tried.attempts)
    if delay is None:
        return replace(tried, status=DeliveryStatus.FAILED)
    return replace(tried, next_attempt_at=attempt.at + delay)


def _order_following(
    queue: DeliveryQueue, dead_letters: DeliveryQueue, order: DeliveryOrder, settled: Delivery
) -> None:
    """Order what an attempt leaves to do, or put it aside."""
    following = replace(order, attempt=len(settled.attempts))
    last = settled.attempts[-1]
    if settled.next_attempt_at:
        queue.send([following], math.ceil((settled.next_attempt_at - last.at).total_seconds()))
    elif settled.status is DeliveryStatus.FAILED and not _is_last_word(settled, last):
        dead_letters.send([following])


def _delay_after(delivery: Delivery, attempts: tuple[Attempt, ...]) -> timedelta | None:
    """The pause before the next try, None if there is none: tests are tried once."""
    is_last = _is_last_word(delivery, attempts[-1]) or len(attempts) > len(DELAYS)
    return None if is_last else DELAYS[len(attempts) - 1]


def _is_last_word(delivery: Delivery, attempt: Attempt) -> bool:
    """Whether nothing is to come after an attempt, whatever happens."""
    return delivery.topic == TEST_TOPIC or attempt.status_code == _GONE


def _judge(
    webhooks: Webhooks, order: DeliveryOrder, webhook: Webhook, attempt: Attempt, *, is_lost: bool
) -> None:
    """Let a webhook know of a success or a failure, where that changes what is known of it."""
    change = _after_failure(attempt, is_lost=is_lost) if attempt.error else _after_success
    if change(webhook) == webhook:
        return
    try:
        change_webhook(webhooks, order.account_id, order.webhook_id, change)
    except WebhookNotFound:
        return


def _after_success(webhook: Webhook) -> Webhook:
    return replace(webhook, failing_since=None, lost=0)


def _after_failure(attempt: Attempt, *, is_lost: bool) -> Callable[[Webhook], Webhook]:
    def change(webhook: Webhook) -> Webhook:
        since = webhook.failing_since or attempt.at
        failing = replace(webhook, failing_since=since, lost=webhook.lost + is_lost)
        reason = _reason_to_disable(failing, attempt)
        if not failing.is_active or reason is None:
            return failing
        return replace(
            failing,
            status=WebhookStatus.DISABLED,
            disabled_reason=f"{reason}; the last error was: {attempt.error}",
            disabled_at=attempt.at,
            updated_at=attempt.at,
        )

    return change


def _reason_to_disable(webhook: Webhook, attempt: Attempt) -> str | None:
    if attempt.status_code == _GONE:
        return "the receiver says that it is gone for good"
    if webhook.lost >= MAX_LOST:
        return f"{webhook.lost} deliveries in a row were given up"
    if webhook.failing_since and attempt.at - webhook.failing_since >= MAX_FAILING:
        return f"no delivery has succeeded for {MAX_FAILING.days} days"
    return None
