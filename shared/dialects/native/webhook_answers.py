"""The answers to requests about webhooks."""

from typing import Any

from shared.dialects.native.instants import written
from shared.dialects.native.paging import page
from shared.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryPage,
    Webhook,
    WebhookPage,
)
from shared.gateway.response import Response


def webhook_created(webhook: Webhook) -> Response:
    """The answer to the creation of a webhook: one of two that tell its secret."""
    return Response(201, {**_webhook(webhook), "secret": webhook.secret})


def secret_rotated(webhook: Webhook) -> Response:
    """The answer to a request for a new secret."""
    return Response(200, {**_webhook(webhook), "secret": webhook.secret})


def webhook_shown(webhook: Webhook) -> Response:
    """The answer to a request for a webhook, or to a change of it."""
    return Response(200, _webhook(webhook))


def webhook_list(found: WebhookPage) -> Response:
    """The answer to a request for the webhooks of an account."""
    return page([_webhook(each) for each in found.webhooks], found.following)


def webhook_deleted(webhook_id: str) -> Response:
    """The answer to the deletion of a webhook."""
    return Response(200, {"id": webhook_id, "deleted": True})


def delivery_list(found: DeliveryPage) -> Response:
    """The answer to a request for what was sent to a webhook."""
    return page([_delivery(each) for each in found.deliveries], found.following)


def delivery_begun(delivery: Delivery) -> Response:
    """The answer to a request to try a webhook."""
    return Response(201, _delivery(delivery))


def _webhook(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.webhook_id,
        "url": webhook.url,
        "topics": list(webhook.topics),
        "variables": None if webhook.variables is None else list(webhook.variables),
        "description": webhook.description,
        "form": webhook.form,
        "status": webhook.status,
        "disabled_reason": webhook.disabled_reason,
        "disabled_at": written(webhook.disabled_at),
        "failing_since": written(webhook.failing_since),
        "created_at": written(webhook.created_at),
        "updated_at": written(webhook.updated_at),
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "event_id": delivery.event_id,
        "webhook_id": delivery.webhook_id,
        "topic": delivery.topic,
        "status": delivery.status,
        "occurred_at": written(delivery.occurred_at),
        "created_at": written(delivery.created_at),
        "next_attempt_at": written(delivery.next_attempt_at),
        "attempts": [_attempt(each) for each in delivery.attempts],
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": written(attempt.at),
        "status_code": attempt.status_code,
        "error": attempt.error,
        "milliseconds": attempt.milliseconds,
    }
