"""Attempt webhook deliveries, and schedule retries until they succeed or fail for good."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

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
    WebhookSender,
)
from shared.domain.errors import WriteConflict
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.domain.webhooks import (
    TEST_TOPIC,
    KeysAndContact,
    Webhook,
    Webhooks,
)
from shared.services.webhooks.delivery_records import cancel_delivery, save_delivery
from shared.services.webhooks.owners import Owner, key_hashes, owner_of
from shared.services.webhooks.payloads import EventRebuilder, rebuild_payload
from shared.services.webhooks.webhook_health import is_gone, record_outcome

DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
)
"""The delays between attempts; the last attempt is more than a day after the first."""

_PAYLOAD_AGE = timedelta(minutes=1)
"""How long a first attempt sends the payload of its task, which shows what was visible then."""

_LEASE = timedelta(seconds=60)
"""How long an attempt excludes other attempts; longer than the timeout of the function."""


@dataclass(frozen=True, slots=True)
class DeliveryQueues:
    """The queue of attempts, and the dead-letter queue of failed deliveries."""

    attempts: DeliveryQueue
    dead_letters: DeliveryQueue


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """What the processing of a delivery task reads, stores and sends with."""

    webhooks: Webhooks
    deliveries: Deliveries
    rebuilder: EventRebuilder
    webhook_sender: WebhookSender
    queues: DeliveryQueues


def process_task(
    context: DeliveryContext, task: DeliveryTask, now: datetime
) -> DeliveryStatus | None:
    """Make the attempt of a task, if it is due and the webhook still receives events.

    A retry is queued as a new task. SQS may deliver a task twice. A task counts the attempts before
    it; if the delivery has more, the task is a duplicate and is dropped. A failed delivery goes to
    the dead-letter queue, except a test and one to a receiver that is gone (410); its task starts
    the delivery again when it is redriven.

    The owner of the webhook is read after the claim, immediately before the request.

    Returns:
        The status of the delivery, or None if its record has expired.

    Raises:
        WriteConflict: The delivery changed concurrently.
        Unavailable: The storage or a queue was not available, or the time left is too short.

    """
    found = context.deliveries.find_by_id(task.account_id, task.webhook_id, task.delivery_id)
    if found is None:
        return None
    if _is_done(found) or task.attempts_before < len(found.attempts):
        return found.status
    webhook = _find_webhook(context, task, found)
    if isinstance(webhook, CancellationReason):
        return cancel_delivery(context.deliveries, task.account_id, found, webhook)
    delivery = _restarted(found)
    claimed = _claim(context.deliveries, task.account_id, delivery, now)
    if claimed is None:
        delay = _seconds_until_due(delivery, now)
        context.queues.attempts.send([_postponed(task, delivery)], delay)
        return DeliveryStatus.PENDING
    return _attempt(context, webhook, claimed, task, now)


def _is_done(delivery: Delivery) -> bool:
    return delivery.status in (DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED)


def _find_webhook(
    context: DeliveryContext, task: DeliveryTask, delivery: Delivery
) -> Webhook | CancellationReason:
    """Return the webhook of a delivery, or the reason to cancel the delivery."""
    webhook = context.webhooks.find(task.account_id, task.webhook_id)
    if webhook is None:
        return CancellationReason.WEBHOOK_DELETED
    if webhook.is_active or delivery.topic == TEST_TOPIC:
        return webhook
    return CancellationReason.WEBHOOK_DISABLED


def _restarted(delivery: Delivery) -> Delivery:
    """Return a delivery as its next attempt begins; a failed one starts over."""
    if delivery.status is not DeliveryStatus.FAILED:
        return delivery
    return replace(delivery, status=DeliveryStatus.PENDING, attempts=())


def _attempt(
    context: DeliveryContext, webhook: Webhook, claimed: Delivery, task: DeliveryTask, now: datetime
) -> DeliveryStatus:
    """Send the request of a claimed delivery, or cancel the delivery; return its status."""
    payload = _current_payload(context.webhooks, context.rebuilder, webhook, claimed, task, now)
    if isinstance(payload, CancellationReason):
        return cancel_delivery(context.deliveries, task.account_id, claimed, payload)
    attempt = context.webhook_sender.send(webhook, replace(task, payload=payload))
    return _finish(context, webhook, _with_attempt(claimed, attempt), task)


def _finish(
    context: DeliveryContext, webhook: Webhook, attempted: Delivery, task: DeliveryTask
) -> DeliveryStatus:
    """Queue the next attempt and store the outcome of this one; return the status."""
    # Queue the next task before storing the attempt: once it is stored, this task has no effect.
    _queue_next_attempt(context.queues, task, attempted)
    if attempted.topic != TEST_TOPIC:
        record_outcome(context.webhooks, task.account_id, webhook, attempted)
    save_delivery(context.deliveries, task.account_id, attempted)
    return attempted.status


def _current_payload(
    webhooks: Webhooks,
    rebuilder: EventRebuilder,
    webhook: Webhook,
    delivery: Delivery,
    task: DeliveryTask,
    now: datetime,
) -> JsonObject | CancellationReason:
    """Return the payload to send now, or the reason to cancel the delivery.

    The payload of the task is rebuilt unless it was made in the last minute, for the owner that
    the webhook has now.
    """
    is_recent = _may_send_task_payload(task, delivery, now)
    owner, contact = _read_owner(webhooks, webhook, task, now, is_recent=is_recent)
    if owner.suspension:
        return CancellationReason.WEBHOOK_SUSPENDED
    if delivery.topic == TEST_TOPIC:
        return task.payload or {}
    if task.payload is not None and is_recent and task.viewer == owner.viewer:
        if owner.caller and not _can_still_see(owner.caller, delivery, contact):
            return CancellationReason.EVENT_UNAVAILABLE
        return task.payload
    payload = rebuild_payload(rebuilder, task.account_id, webhook, owner, delivery, contact, now)
    return CancellationReason.EVENT_UNAVAILABLE if payload is None else payload


def _may_send_task_payload(task: DeliveryTask, delivery: Delivery, now: datetime) -> bool:
    if task.payload is None:
        return False
    # A delivery without an event reference cannot be rebuilt: tests, and deliveries of earlier
    # versions.
    is_new = task.attempts_before == 0 and now - delivery.created_at < _PAYLOAD_AGE
    return is_new or delivery.event is None


def _can_still_see(caller: Caller, delivery: Delivery, contact: Contact | None) -> bool:
    """Tell whether the owner of a webhook still sees the contact of a payload.

    A deleted contact is visible to no key, but its deletion is sent to every key that saw it.
    """
    if contact is None:
        return delivery.topic == EventType.CONTACT_DELETED
    return caller.sees(contact)


def _read_owner(
    webhooks: Webhooks, webhook: Webhook, task: DeliveryTask, now: datetime, *, is_recent: bool
) -> tuple[Owner, Contact | None]:
    found = KeysAndContact({}, None)
    hashes = key_hashes([webhook])
    # Without a key, the contact is needed only to rebuild a payload, which may have been made for
    # a key that owned the webhook before.
    is_rebuilt = not is_recent or task.viewer is not None
    if hashes or (is_rebuilt and task.contact_id is not None):
        found = webhooks.read_keys_and_contact(task.account_id, hashes, task.contact_id)
    return owner_of(task.account_id, webhook, found.keys, now), found.contact


def _claim(
    deliveries: Deliveries, account_id: str, delivery: Delivery, now: datetime
) -> Delivery | None:
    """Reserve a delivery for one attempt; None if it is not due or another function has it."""
    if delivery.next_attempt_at and delivery.next_attempt_at > now:
        return None
    try:
        return save_delivery(deliveries, account_id, delivery, next_attempt_at=now + _LEASE)
    except WriteConflict:
        return None


def _seconds_until_due(delivery: Delivery, now: datetime) -> int:
    """Return the seconds until the next attempt, or until the lease of another function ends."""
    due = delivery.next_attempt_at or now
    return math.ceil((due - now if due > now else _LEASE).total_seconds())


def _postponed(task: DeliveryTask, delivery: Delivery) -> DeliveryTask:
    # A redriven task counts the attempts of the previous round. Lower it to the next possible
    # number, else it never counts as a duplicate and circulates.
    return replace(task, attempts_before=min(task.attempts_before, len(delivery.attempts) + 1))


def _with_attempt(delivery: Delivery, attempt: Attempt) -> Delivery:
    """Return the delivery as it is after an attempt."""
    attempted = replace(delivery, attempts=(*delivery.attempts, attempt), next_attempt_at=None)
    if attempt.error is None:
        return replace(attempted, status=DeliveryStatus.DELIVERED)
    delay = _delay_after(delivery, attempted.attempts)
    if delay is None:
        return replace(attempted, status=DeliveryStatus.FAILED)
    return replace(attempted, next_attempt_at=attempt.at + delay)


def _queue_next_attempt(queues: DeliveryQueues, task: DeliveryTask, delivery: Delivery) -> None:
    """Queue the retry of a delivery, or send a failed delivery to the dead-letter queue."""
    # A retry rebuilds its payload, so that values do not stay in queues.
    payload = None if delivery.event else task.payload
    following = replace(task, attempts_before=len(delivery.attempts), payload=payload)
    last = delivery.attempts[-1]
    if delivery.next_attempt_at:
        delay = math.ceil((delivery.next_attempt_at - last.at).total_seconds())
        queues.attempts.send([following], delay)
    elif delivery.status is DeliveryStatus.FAILED and not _is_final(delivery, last):
        queues.dead_letters.send([following])


def _delay_after(delivery: Delivery, attempts: tuple[Attempt, ...]) -> timedelta | None:
    """Return the delay before the next attempt, None if there is none."""
    is_last = _is_final(delivery, attempts[-1]) or len(attempts) > len(DELAYS)
    return None if is_last else DELAYS[len(attempts) - 1]


def _is_final(delivery: Delivery, attempt: Attempt) -> bool:
    """Tell whether a failed attempt must not be retried, not even from the dead-letter queue."""
    return delivery.topic == TEST_TOPIC or is_gone(attempt)
