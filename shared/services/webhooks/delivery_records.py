"""Create, change and cancel the stored deliveries of events, and make their tasks."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.deliveries import (
    CancellationReason,
    Deliveries,
    Delivery,
    DeliveryStatus,
    DeliveryTask,
    Viewer,
)
from shared.domain.json_values import JsonObject
from shared.domain.webhooks import BusEvent, Webhook

RETENTION = timedelta(days=30)
"""How long a delivery is kept."""


def new_delivery(webhook: Webhook, event: BusEvent, now: datetime) -> Delivery:
    """Return a pending delivery of an event to a webhook."""
    return Delivery(
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        topic=event.topic,
        occurred_at=event.occurred_at,
        created_at=now,
        expires_at=now + RETENTION,
        next_attempt_at=now,
        event=event.reference,
    )


def task_for(
    event: BusEvent,
    webhook: Webhook,
    payload: JsonObject,
    contact_id: int | None = None,
    viewer: Viewer | None = None,
) -> DeliveryTask:
    """Return the task of the first attempt to deliver an event to a webhook."""
    return DeliveryTask(
        account_id=event.account_id,
        webhook_id=webhook.webhook_id,
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        payload=payload,
        contact_id=contact_id,
        viewer=viewer,
    )


def save_delivery(
    deliveries: Deliveries, account_id: str, delivery: Delivery, **changes: object
) -> Delivery:
    """Store a delivery with changes; raises WriteConflict if it changed concurrently."""
    changed: Delivery = replace(delivery, version=delivery.version + 1, **changes)  # type: ignore[arg-type]
    deliveries.replace(account_id, changed)
    return changed


def cancel_delivery(
    deliveries: Deliveries, account_id: str, delivery: Delivery, reason: CancellationReason
) -> DeliveryStatus:
    """Cancel a delivery; raises WriteConflict if it changed concurrently."""
    canceled = save_delivery(
        deliveries,
        account_id,
        delivery,
        status=DeliveryStatus.CANCELED,
        canceled_reason=reason,
        next_attempt_at=None,
    )
    return canceled.status
