"""Deliveries: begun for each webhook that takes an event, tried until they succeed or are lost."""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from os import urandom

from shared.domain.changes import EventType
from shared.domain.errors import Postponed, WebhookNotFound, WriteConflict
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


class GivenUp(Exception):
    """The last try of a delivery has failed: its message is to be put aside."""


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

    Raises WebhookNotFound.
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
    queue.send([_order(event, webhook, form.payload(event, None) or {})])
    return delivery


def deliver(
    webhooks: Webhooks,
    deliveries: Deliveries,
    courier: Courier,
    order: DeliveryOrder,
    receipts: int,
    now: datetime,
) -> DeliveryStatus | None:
    """Make the next try of a delivery, if it is time and there is still somebody to send to.

    Gives what has become of it, None if nobody knows of it any more. One that was given up begins
    anew when its message was put back by hand.
    Raises Postponed when there is something left to try later, GivenUp when there is not.
    """
    delivery = deliveries.find(order.account_id, order)
    if delivery is None:
        return None
    if delivery.status in (DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED):
        return delivery.status
    if delivery.status is DeliveryStatus.FAILED:
        if receipts > 1:
            raise GivenUp
        delivery = replace(delivery, status=DeliveryStatus.PENDING, attempts=())
    webhook = webhooks.find(order.account_id, order.webhook_id)
    if webhook is None or not (webhook.is_active or delivery.topic == TEST_TOPIC):
        _save(deliveries, order, delivery, status=DeliveryStatus.CANCELED, next_attempt_at=None)
        return DeliveryStatus.CANCELED
    claimed = _claim(deliveries, order, delivery, now)
    attempt = courier.deliver(webhook, order)
    return _settle(webhooks, deliveries, order, webhook, claimed, attempt)


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
) -> Delivery:
    """Keep others from a delivery while it is tried; raises Postponed when it is not time."""
    due = delivery.next_attempt_at or now
    if due > now:
        raise Postponed(math.ceil((due - now).total_seconds()))
    try:
        return _save(deliveries, order, delivery, next_attempt_at=now + _CLAIM)
    except WriteConflict:
        raise Postponed(int(_CLAIM.total_seconds())) from None


def _save(
    deliveries: Deliveries, order: DeliveryOrder, delivery: Delivery, **facts: object
) -> Delivery:
    changed: Delivery = replace(delivery, version=delivery.version + 1, **facts)  # type: ignore[arg-type]
    deliveries.replace(order.account_id, changed)
    return changed


def _settle(
    webhooks: Webhooks,
    deliveries: Deliveries,
    order: DeliveryOrder,
    webhook: Webhook,
    delivery: Delivery,
    attempt: Attempt,
) -> DeliveryStatus:
    """Write down how a try went, for the delivery and for its webhook."""
    attempts = (*delivery.attempts, attempt)
    delay = _delay_after(delivery, attempts)
    status, due = DeliveryStatus.DELIVERED, None
    if attempt.error:
        status = DeliveryStatus.PENDING if delay else DeliveryStatus.FAILED
        due = attempt.at + delay if delay else None
    _save(deliveries, order, delivery, status=status, attempts=attempts, next_attempt_at=due)
    if delivery.topic == TEST_TOPIC:
        return status
    _judge(webhooks, order, webhook, attempt, is_lost=status is DeliveryStatus.FAILED)
    if delay and attempt.error:
        raise Postponed(int(delay.total_seconds()))
    if attempt.error and attempt.status_code != _GONE:
        raise GivenUp
    return status


def _delay_after(delivery: Delivery, attempts: tuple[Attempt, ...]) -> timedelta | None:
    """The pause before the next try, None if there is none: tests are tried once."""
    is_last = delivery.topic == TEST_TOPIC or attempts[-1].status_code == _GONE
    return None if is_last or len(attempts) > len(DELAYS) else DELAYS[len(attempts) - 1]


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
