"""Send events again that were not delivered, or that their receiver has lost.

Payloads are not stored. A delivery refers to its event, and each attempt builds the payload again.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.accounts import Caller
from shared.domain.deliveries import (
    Deliveries,
    Delivery,
    DeliveryQueue,
    DeliveryStatus,
    DeliveryTask,
    Redelivery,
)
from shared.domain.errors import (
    DeliveryNotFound,
    DeliveryNotRepeatable,
    Unavailable,
    WebhookInactive,
    WriteConflict,
)
from shared.domain.webhooks import (
    Webhooks,
    WebhookWithSuspension,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.webhooks.subscriptions import find_webhook

MAX_QUEUED = 50
"""The most deliveries that one request queues again."""

MAX_SCANNED = 500
"""The most deliveries of a webhook that one request reads."""

_MAX_ID_CHARS = 100
_STUCK_AFTER = timedelta(hours=1)
"""A pending delivery that is overdue this long has lost its message and can be queued again."""

_MIN_RETENTION = timedelta(days=3)
"""How long a delivery is kept at least after it was queued again."""

_UNDELIVERED = (DeliveryStatus.FAILED, DeliveryStatus.CANCELED)


def redeliver(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    delivery_id: str,
) -> Delivery:
    """Queue a delivery again, even a successful one; its attempts start over.

    Raises:
        WebhookNotFound: The caller sees no such webhook.
        DeliveryNotFound: The webhook has no such delivery.
        WebhookInactive: The webhook is disabled or suspended.
        DeliveryNotRepeatable: The delivery is a test, or it is pending.
        Unavailable: The delivery could not be queued; it is unchanged.

    """
    _check_active(find_webhook(webhooks, caller, webhook_id))
    can_exist = 0 < len(delivery_id) <= _MAX_ID_CHARS
    found = deliveries.find_by_id(caller.account_id, webhook_id, delivery_id) if can_exist else None
    if found is None:
        raise DeliveryNotFound(delivery_id)
    if found.event is None:
        raise DeliveryNotRepeatable("it is a test, or of an earlier version of the service")
    if _is_in_flight(found, caller.requested_at):
        raise DeliveryNotRepeatable("it is pending")
    queued = _queue_again(deliveries, queue, caller, [found])
    if not queued:
        raise DeliveryNotRepeatable("it has just changed")
    return queued[0]


def redeliver_since(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    since: datetime,
    after: str | None,
) -> Redelivery:
    """Queue failed and canceled deliveries of events since an instant again, newest first.

    `after` is where the previous request has stopped, None for the first request.

    Returns:
        How many deliveries were queued, and where the next request continues. A request reads at
        most MAX_SCANNED deliveries and queues at most MAX_QUEUED.

    Raises:
        WebhookNotFound: The caller sees no such webhook.
        WebhookInactive: The webhook is disabled or suspended.
        Unavailable: Nothing was queued.

    """
    _check_active(find_webhook(webhooks, caller, webhook_id))
    page = deliveries.page(caller.account_id, webhook_id, after, MAX_SCANNED)
    recent = [each for each in page.deliveries if each.occurred_at >= since]
    wanted: list[Delivery] = []
    following = page.following if len(recent) == len(page.deliveries) else None
    for index, delivery in enumerate(recent):
        if len(wanted) == MAX_QUEUED:
            following = recent[index - 1].delivery_id
            break
        if _is_undelivered(delivery, caller.requested_at):
            wanted.append(delivery)
    queued = _queue_again(deliveries, queue, caller, wanted)
    return Redelivery(len(queued), following)


def _check_active(owned: WebhookWithSuspension) -> None:
    if owned.suspension:
        raise WebhookInactive(owned.suspension.message)
    if not owned.is_active:
        raise WebhookInactive(owned.webhook.disabled_reason or "it is disabled")


def _is_in_flight(delivery: Delivery, now: datetime) -> bool:
    due = delivery.next_attempt_at or now
    return delivery.status is DeliveryStatus.PENDING and due + _STUCK_AFTER > now


def _is_undelivered(delivery: Delivery, now: datetime) -> bool:
    if delivery.event is None or delivery.status is DeliveryStatus.DELIVERED:
        return False
    return delivery.status in _UNDELIVERED or not _is_in_flight(delivery, now)


def _queue_again(
    deliveries: Deliveries, queue: DeliveryQueue, caller: Caller, wanted: Sequence[Delivery]
) -> list[Delivery]:
    """Mark deliveries as pending and queue them; skip those that changed concurrently."""
    account_id, now = caller.account_id, _to_milliseconds(caller.requested_at)
    queued: list[tuple[Delivery, Delivery]] = []
    try:
        for before in wanted:
            pending = replace(
                before,
                status=DeliveryStatus.PENDING,
                attempts=(),
                next_attempt_at=now,
                canceled_reason=None,
                expires_at=max(before.expires_at, now + _MIN_RETENTION),
                version=before.version + 1,
            )
            if _mark_pending(deliveries, account_id, before, pending):
                queued.append((before, pending))
        if queued:
            queue.send([_task(account_id, pending) for _, pending in queued])
    except Unavailable:
        for before, pending in queued:
            with suppress(Unavailable, WriteConflict):
                deliveries.replace(account_id, replace(before, version=pending.version + 1))
        raise
    return [pending for _, pending in queued]


def _mark_pending(
    deliveries: Deliveries, account_id: str, before: Delivery, pending: Delivery
) -> bool:
    """Store a pending delivery; return False if it changed concurrently."""

    def attempt() -> bool:
        try:
            deliveries.replace(account_id, pending)
        except WriteConflict:
            stored = deliveries.find_by_id(account_id, before.webhook_id, before.delivery_id)
            if stored == before:
                raise
            # A retry of the client finds the write of an attempt whose response was lost.
            return stored is not None and (stored.version, stored.next_attempt_at) == (
                pending.version,
                pending.next_attempt_at,
            )
        return True

    return retry_on_conflict(attempt)


def _to_milliseconds(at: datetime) -> datetime:
    """Return an instant as it is stored."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _task(account_id: str, delivery: Delivery) -> DeliveryTask:
    return DeliveryTask(
        account_id=account_id,
        webhook_id=delivery.webhook_id,
        event_id=delivery.event_id,
        occurred_at=delivery.occurred_at,
        payload=None,
        contact_id=delivery.event.contact_id if delivery.event else None,
    )
