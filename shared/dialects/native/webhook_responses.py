"""Responses to requests about webhooks."""

from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, encode_cursor, page
from shared.domain.deliveries import (
    Attempt,
    Delivery,
    DeliveryPage,
    Redelivery,
)
from shared.domain.webhooks import (
    Webhook,
    WebhookWithSuspension,
    WebhookWithSuspensionPage,
)
from shared.gateway.response import Response

_SUSPENDED = "suspended"


def webhook_created(webhook: WebhookWithSuspension) -> Response:
    """Build the response to the creation of a webhook, with its secret."""
    return Response(201, {**_webhook(webhook), "secret": webhook.webhook.secret})


def secret_rotated(webhook: WebhookWithSuspension) -> Response:
    """Build the response to a request for a new secret, with the secret."""
    return Response(200, {**_webhook(webhook), "secret": webhook.webhook.secret})


def webhook_shown(webhook: WebhookWithSuspension) -> Response:
    """Build the response to a request for a webhook, or to a change of it."""
    return Response(200, _webhook(webhook))


def webhook_list(found: WebhookWithSuspensionPage) -> Response:
    """Build the response to a request for the webhooks of an account."""
    return page([_webhook(each) for each in found.webhooks], found.following, Listed.WEBHOOKS)


def webhook_deleted(webhook_id: str) -> Response:
    """Build the response to the deletion of a webhook."""
    return Response(200, {"id": webhook_id, "deleted": True})


def delivery_list(found: DeliveryPage) -> Response:
    """Build the response to a request for the deliveries of a webhook."""
    return page([_delivery(each) for each in found.deliveries], found.following, Listed.DELIVERIES)


def delivery_begun(delivery: Delivery) -> Response:
    """Build the response to a request to test a webhook."""
    return Response(201, _delivery(delivery))


def delivery_queued(delivery: Delivery) -> Response:
    """Build the response to a request to send a delivery again."""
    return Response(200, _delivery(delivery))


def deliveries_queued(redelivery: Redelivery) -> Response:
    """Build the response to a request to send all failed deliveries again."""
    following = redelivery.following
    cursor = None if following is None else encode_cursor(following, Listed.REDELIVERIES)
    return Response(200, {"queued": redelivery.queued, "next_cursor": cursor})


def _webhook(owned: WebhookWithSuspension) -> dict[str, Any]:
    webhook = owned.webhook
    return {
        "id": webhook.webhook_id,
        "url": webhook.url,
        "topics": list(webhook.topics),
        "variables": None if webhook.variables is None else list(webhook.variables),
        "description": webhook.description,
        "form": webhook.form,
        "owner": _owner(webhook),
        "key_id": webhook.key_id,
        "status": _status(owned),
        "suspended_reason": owned.suspension,
        "disabled_reason": _reason(owned),
        "disabled_at": format_instant(webhook.disabled_at),
        "failing_since": format_instant(webhook.failing_since),
        "created_at": format_instant(webhook.created_at),
        "updated_at": format_instant(webhook.updated_at),
    }


def _owner(webhook: Webhook) -> str | None:
    if webhook.of_account:
        return "account"
    return "key" if webhook.key_id else None


def _status(owned: WebhookWithSuspension) -> str:
    is_suspended = owned.webhook.is_active and owned.suspension is not None
    return _SUSPENDED if is_suspended else owned.webhook.status


def _reason(owned: WebhookWithSuspension) -> str | None:
    if owned.webhook.is_active and owned.suspension:
        return owned.suspension.message
    return owned.webhook.disabled_reason


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.delivery_id,
        "event_id": delivery.event_id,
        "webhook_id": delivery.webhook_id,
        "topic": delivery.topic,
        "status": delivery.status,
        "canceled_reason": delivery.canceled_reason,
        "occurred_at": format_instant(delivery.occurred_at),
        "created_at": format_instant(delivery.created_at),
        "next_attempt_at": format_instant(delivery.next_attempt_at),
        "attempts": [_attempt(each) for each in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": format_instant(attempt.at),
        "status_code": attempt.status_code,
        "error": attempt.error,
        "error_code": attempt.error_code,
        "milliseconds": attempt.milliseconds,
    }
