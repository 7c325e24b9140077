"""Deliveries: begun for each webhook that takes an event, tried until they succeed or are lost."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from os import urandom

from shared.domain.accounts import Caller
from shared.domain.changes import EventType
from shared.domain.contacts import Contact
from shared.domain.deliveries import (
    Attempt,
    CancellationReason,
    Deliveries,
    Delivery,
    DeliveryQueue,
    DeliveryStatus,
    DeliveryTask,
    Viewer,
    WebhookSender,
)
from shared.domain.errors import Unavailable, WebhookInactive, WebhookNotFound, WriteConflict
from shared.domain.variables import Definitions, JsonObject
from shared.domain.webhooks import (
    TEST_TOPIC,
    BusEvent,
    OwnerLookup,
    PayloadFormat,
    Webhook,
    Webhooks,
    WebhookStatus,
)
from shared.services.webhooks.owners import Owner, key_hashes, owner_of
from shared.services.webhooks.payloads import (
    EventArchive,
    contact_id_of,
    payload_again,
    payload_for,
    read_audiences,
    reference_to,
)
from shared.services.webhooks.subscriptions import change_webhook, find_webhook

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


@dataclass(frozen=True, slots=True)
class DeliveryQueues:
    """The queue of tries, and the one of deliveries that were given up."""

    tries: DeliveryQueue
    dead_letters: DeliveryQueue


def queue_deliveries(
    webhooks: Webhooks,
    deliveries: Deliveries,
    definitions: Definitions,
    archive: EventArchive,
    queue: DeliveryQueue,
    event: BusEvent,
    now: datetime,
) -> int:
    """Begin the delivery of an event to every webhook that takes it, and tell how many those are.

    A webhook of an API key takes what the key sees now. One batch reads the distinct keys and the
    contact.
    Given the same event again, it orders again only what is not done.
    """
    forms = archive.forms
    taking = [each for each in webhooks.list(event.account_id) if each.matches(event.topic)]
    contact_id = contact_id_of(event)
    hashes = key_hashes(taking)
    shows_contact = any(forms[each.form].shows_contact for each in taking)
    found = OwnerLookup({}, None)
    if hashes or shows_contact:
        found = webhooks.find_owners(event.account_id, hashes, contact_id)
    audiences = read_audiences(definitions, archive.activity, event, now) if hashes else None
    orders = []
    for webhook in taking:
        owner = owner_of(event.account_id, webhook, found.keys, now)
        if owner.suspension:
            continue
        form = forms[webhook.form]
        payload = payload_for(form, webhook, owner, event, found.contact, audiences)
        if payload and _begin(deliveries, webhook, event, now):
            orders.append(_order(event, webhook, payload, contact_id, owner.viewer))
    if orders:
        queue.send(orders)
    return len(orders)


def send_test(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    form: PayloadFormat,
) -> Delivery:
    """Begin the delivery of a test to a webhook, also to one that is disabled.

    Raises WebhookNotFound, WebhookInactive of one that is suspended, or Unavailable: then the
    test is canceled.
    """
    owned = find_webhook(webhooks, caller, webhook_id)
    webhook = owned.webhook
    if owned.suspension:
        raise WebhookInactive(owned.suspension.words)
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
            _cancel(deliveries, order, delivery, CancellationReason.NOT_QUEUED)
        raise
    return delivery


def deliver(
    webhooks: Webhooks,
    deliveries: Deliveries,
    archive: EventArchive,
    webhook_sender: WebhookSender,
    queues: DeliveryQueues,
    order: DeliveryTask,
    now: datetime,
) -> DeliveryStatus | None:
    """Make the attempt of an order, if it is time and there is still somebody to send to.

    Gives what has become of the delivery, None if nobody knows of it any more. What is left to do
    later is ordered anew. What is given up is put aside, ordered as one attempt after the last:
    that order begins the delivery anew.
    An order of an attempt that was made is dropped: whoever made it has ordered the next one. So
    there is always one order for what is pending, and others end with the attempt they are for.
    The owner of the webhook is read after the claim, just before the request.
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
    if webhook is None:
        return _cancel(deliveries, order, delivery, CancellationReason.WEBHOOK_DELETED)
    if not (webhook.is_active or delivery.topic == TEST_TOPIC):
        return _cancel(deliveries, order, delivery, CancellationReason.WEBHOOK_DISABLED)
    claimed = _claim(deliveries, order, delivery, now)
    if claimed is None:
        queues.tries.send([_postponed(order, delivery)], _seconds_left(delivery, now))
        return DeliveryStatus.PENDING
    payload = _payload_now(webhooks, archive, webhook, claimed, order, now)
    if isinstance(payload, CancellationReason):
        return _cancel(deliveries, order, claimed, payload)
    attempt = webhook_sender.deliver(webhook, replace(order, payload=payload))
    settled = _settled(claimed, attempt)
    # Before the attempt is written down: after that, this order is worth nothing.
    _queue_next_attempt(queues, order, settled)
    if settled.topic != TEST_TOPIC:
        is_lost = settled.status is DeliveryStatus.FAILED
        _record_outcome(webhooks, order, webhook, attempt, is_lost=is_lost)
    _save(deliveries, order, settled)
    return settled.status


def _begin(deliveries: Deliveries, webhook: Webhook, event: BusEvent, now: datetime) -> bool:
    """Store a new delivery; False if there is one that is done."""
    try:
        deliveries.add(event.account_id, _new(webhook, event, now))
    except WriteConflict:
        known = deliveries.find(event.account_id, _order(event, webhook))
        # Whoever stored it may not have come to ordering it.
        return known is not None and known.status is DeliveryStatus.PENDING
    return True


def _payload_now(
    webhooks: Webhooks,
    archive: EventArchive,
    webhook: Webhook,
    delivery: Delivery,
    order: DeliveryTask,
    now: datetime,
) -> JsonObject | CancellationReason:
    """What is sent at this moment, or why nothing is.

    A payload that was made for another owner, or as the owner's key was before, is made again.
    """
    owner, contact = _owner_now(webhooks, webhook, order, now)
    if owner.suspension:
        return CancellationReason.WEBHOOK_SUSPENDED
    if delivery.topic == TEST_TOPIC:
        return order.payload or {}
    if order.payload is not None and order.viewer == owner.viewer:
        if owner.caller and not _still_sees(owner.caller, delivery, contact):
            return CancellationReason.EVENT_UNAVAILABLE
        return order.payload
    payload = payload_again(archive, order.account_id, webhook, owner, delivery, contact, now)
    return CancellationReason.EVENT_UNAVAILABLE if payload is None else payload


def _still_sees(caller: Caller, delivery: Delivery, contact: Contact | None) -> bool:
    """Whether the owner of a webhook sees the contact of a payload that was made for it.

    A contact that is gone cannot be seen; its deletion is sent to whoever saw it.
    """
    if contact is None:
        return delivery.topic == EventType.CONTACT_DELETED
    return caller.sees(contact)


def _owner_now(
    webhooks: Webhooks, webhook: Webhook, order: DeliveryTask, now: datetime
) -> tuple[Owner, Contact | None]:
    found = OwnerLookup({}, None)
    hashes = key_hashes([webhook])
    if hashes or (order.payload is None and order.contact_id is not None):
        found = webhooks.find_owners(order.account_id, hashes, order.contact_id)
    return owner_of(order.account_id, webhook, found.keys, now), found.contact


def _cancel(
    deliveries: Deliveries, order: DeliveryTask, delivery: Delivery, reason: CancellationReason
) -> DeliveryStatus:
    changed = {"status": DeliveryStatus.CANCELED, "canceled_reason": reason}
    return _save(deliveries, order, delivery, **changed, next_attempt_at=None).status


def _new(webhook: Webhook, event: BusEvent, now: datetime) -> Delivery:
    return Delivery(
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        topic=event.topic,
        occurred_at=event.occurred_at,
        created_at=now,
        expires_at=now + KEPT_FOR,
        next_attempt_at=now,
        event=None if event.topic == TEST_TOPIC else reference_to(event),
    )


def _order(
    event: BusEvent,
    webhook: Webhook,
    payload: JsonObject | None = None,
    contact_id: int | None = None,
    viewer: Viewer | None = None,
) -> DeliveryTask:
    return DeliveryTask(
        account_id=event.account_id,
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        payload=payload,
        contact_id=contact_id,
        viewer=viewer,
    )


def _claim(
    deliveries: Deliveries, order: DeliveryTask, delivery: Delivery, now: datetime
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


def _postponed(order: DeliveryTask, delivery: Delivery) -> DeliveryTask:
    # One attempt ahead is what an order is that comes before the attempt before it is written down.
    # One that is further ahead was put aside, and would outlast all attempts.
    return replace(order, attempt=min(order.attempt, len(delivery.attempts) + 1))


def _save(
    deliveries: Deliveries, order: DeliveryTask, delivery: Delivery, **facts: object
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


def _queue_next_attempt(queues: DeliveryQueues, order: DeliveryTask, settled: Delivery) -> None:
    """Order what an attempt leaves to do, or put it aside."""
    following = replace(order, attempt=len(settled.attempts))
    last = settled.attempts[-1]
    if settled.next_attempt_at:
        queues.tries.send(
            [following], math.ceil((settled.next_attempt_at - last.at).total_seconds())
        )
    elif settled.status is DeliveryStatus.FAILED and not _is_last_word(settled, last):
        queues.dead_letters.send([following])


def _delay_after(delivery: Delivery, attempts: tuple[Attempt, ...]) -> timedelta | None:
    """The pause before the next try, None if there is none: tests are tried once."""
    is_last = _is_last_word(delivery, attempts[-1]) or len(attempts) > len(DELAYS)
    return None if is_last else DELAYS[len(attempts) - 1]


def _is_last_word(delivery: Delivery, attempt: Attempt) -> bool:
    """Whether nothing is to come after an attempt, whatever happens."""
    return delivery.topic == TEST_TOPIC or attempt.status_code == _GONE


def _record_outcome(
    webhooks: Webhooks, order: DeliveryTask, webhook: Webhook, attempt: Attempt, *, is_lost: bool
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
