"""Track the failures of a webhook, and disable a webhook that keeps failing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared.domain.deliveries import Attempt, Delivery, DeliveryStatus
from shared.domain.errors import WebhookNotFound
from shared.domain.webhooks import (
    Webhook,
    Webhooks,
    WebhookStatus,
)
from shared.services.webhooks.subscriptions import change_webhook

MAX_FAILED_DELIVERIES = 5
"""This many failed deliveries without a success between them disable a webhook."""

MAX_FAILING = timedelta(days=5)
"""A delivery that fails for good after this much time without a success disables its webhook."""

_GONE = 410


def is_gone(attempt: Attempt) -> bool:
    """Tell whether the receiver has responded that it no longer exists."""
    return attempt.status_code == _GONE


def record_outcome(
    webhooks: Webhooks, account_id: str, webhook: Webhook, delivery: Delivery
) -> None:
    """Update the failures of a webhook after an attempt; write only if they change.

    Call it before storing the delivery: if that fails, the attempt is made again, and a failed
    delivery still counts once.
    """
    change = _after_failure(delivery) if delivery.attempts[-1].error else _after_success
    if change(webhook) == webhook:
        return
    try:
        change_webhook(webhooks, account_id, webhook.webhook_id, change)
    except WebhookNotFound:
        return


def _after_success(webhook: Webhook) -> Webhook:
    return replace(webhook, failing_since=None, failed_deliveries=0, failed_delivery_ids=())


def _after_failure(delivery: Delivery) -> Callable[[Webhook], Webhook]:
    attempt = delivery.attempts[-1]

    def change(webhook: Webhook) -> Webhook:
        failing = replace(webhook, failing_since=webhook.failing_since or attempt.at)
        if delivery.status is DeliveryStatus.FAILED:
            failing = _count_failed(failing, delivery.delivery_id)
        reason = _reason_to_disable(failing, delivery)
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


def _count_failed(webhook: Webhook, delivery_id: str) -> Webhook:
    """Count a failed delivery, unless it is counted already."""
    if delivery_id in webhook.failed_delivery_ids:
        return webhook
    counted = (*webhook.failed_delivery_ids, delivery_id)[-MAX_FAILED_DELIVERIES:]
    return replace(
        webhook, failed_deliveries=webhook.failed_deliveries + 1, failed_delivery_ids=counted
    )


def _reason_to_disable(webhook: Webhook, delivery: Delivery) -> str | None:
    attempt = delivery.attempts[-1]
    if is_gone(attempt):
        return "the receiver says that it is gone for good"
    # Without other events, days can pass between two failures. The retries may still succeed.
    if delivery.status is not DeliveryStatus.FAILED:
        return None
    if webhook.failed_deliveries >= MAX_FAILED_DELIVERIES:
        return f"{webhook.failed_deliveries} deliveries in a row failed"
    if webhook.failing_since and attempt.at - webhook.failing_since >= MAX_FAILING:
        return f"no delivery has succeeded for {MAX_FAILING.days} days"
    return None
