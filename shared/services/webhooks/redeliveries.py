"""Redelivery: events that were not delivered, or were lost by their receiver, are sent again.

No payload is kept: a delivery refers to its event, which is built again for each attempt.
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
    OwnedWebhook,
    Webhooks,
)
from shared.services.webhooks.subscriptions import find_webhook

MAX_QUEUED = 50
"""How many deliveries one request queues again."""

MAX_LOOKED_AT = 500
"""How many deliveries of the log one request looks at."""

_MAX_ID_CHARS = 100
_STUCK_AFTER = timedelta(hours=1)
"""A delivery that is overdue for so long has lost its message: it is queued again on request."""

_KEPT_FOR = timedelta(days=3)
"""How long the log keeps a delivery at least after it was queued again."""

_UNDELIVERED = (DeliveryStatus.FAILED, DeliveryStatus.CANCELED)


def redeliver(
    webhooks: Webhooks,
    deliveries: Deliveries,
    queue: DeliveryQueue,
    caller: Caller,
    webhook_id: str,
    delivery_id: str,
) -> Delivery:
    """Queue a delivery again, whether or not it has arrived; all of its attempts start over.

    Raises WebhookNotFound, DeliveryNotFound, WebhookInactive, DeliveryNotRepeatable of a test or
    of a delivery that is pending, or Unavailable: then the delivery is as it was.
    """
    _check_active(find_webhook(webhooks, caller, webhook_id))
    can_exist = 0 < len(delivery_id) <= _MAX_ID_CHARS
    found = deliveries.find_by_id(caller.account_id, webhook_id, delivery_id) if can_exist else None
    if found is None:
        raise DeliveryNotFound(delivery_id)
    if found.event is None:
        raise DeliveryNotRepeatable("it is a test, or of an earlier version of the service")
    if _is_under_way(found, caller.requested_at):
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
    """Queue the deliveries again that failed or were canceled, of events since an instant.

    The newest come first; one request queues and looks at a bounded number of them.
    Raises WebhookNotFound, WebhookInactive, or Unavailable: then nothing was queued.
    """
    _check_active(find_webhook(webhooks, caller, webhook_id))
    page = deliveries.page(caller.account_id, webhook_id, after, MAX_LOOKED_AT)
    recent = [each for each in page.deliveries if each.occurred_at >= since]
    wanted: list[Delivery] = []
    following = page.following if len(recent) == len(page.deliveries) else None
    for place, delivery in enumerate(recent):
        if len(wanted) == MAX_QUEUED:
            following = recent[place - 1].delivery_id
            break
        if _is_undelivered(delivery, caller.requested_at):
            wanted.append(delivery)
    queued = _queue_again(deliveries, queue, caller, wanted)
    return Redelivery(len(queued), following)


def _check_active(owned: OwnedWebhook) -> None:
    if owned.suspension:
        raise WebhookInactive(owned.suspension.words)
    if not owned.is_active:
        raise WebhookInactive(owned.webhook.disabled_reason or "it is disabled")


def _is_under_way(delivery: Delivery, now: datetime) -> bool:
    due = delivery.next_attempt_at or now
    return delivery.status is DeliveryStatus.PENDING and due + _STUCK_AFTER > now


def _is_undelivered(delivery: Delivery, now: datetime) -> bool:
    if delivery.event is None or delivery.status is DeliveryStatus.DELIVERED:
        return False
    return delivery.status in _UNDELIVERED or not _is_under_way(delivery, now)


def _queue_again(
    deliveries: Deliveries, queue: DeliveryQueue, caller: Caller, wanted: Sequence[Delivery]
) -> list[Delivery]:
    """Make deliveries pending and queue them; those that have changed meanwhile are left."""
    account_id, now = caller.account_id, caller.requested_at
    queued: list[tuple[Delivery, Delivery]] = []
    for before in wanted:
        pending = replace(
            before,
            status=DeliveryStatus.PENDING,
            attempts=(),
            next_attempt_at=now,
            canceled_reason=None,
            expires_at=max(before.expires_at, now + _KEPT_FOR),
            version=before.version + 1,
        )
        with suppress(WriteConflict):
            deliveries.replace(account_id, pending)
            queued.append((before, pending))
    try:
        if queued:
            queue.send([_order(account_id, pending) for _, pending in queued])
    except Unavailable:
        for before, pending in queued:
            with suppress(WriteConflict):
                deliveries.replace(account_id, replace(before, version=pending.version + 1))
        raise
    return [pending for _, pending in queued]


def _order(account_id: str, delivery: Delivery) -> DeliveryTask:
    return DeliveryTask(
        account_id=account_id,
        webhook_id=delivery.webhook_id,
        event_id=delivery.event_id,
        occurred_at=delivery.occurred_at,
        payload=None,
        contact_id=delivery.event.contact_id if delivery.event else None,
    )
