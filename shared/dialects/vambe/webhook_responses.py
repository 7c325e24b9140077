"""Responses of Vambe's API about webhooks.

Source: Vambe, "Webhooks". It shows the response to a creation and only describes the others.
"""

from collections.abc import Iterable
from typing import Any

from shared.dialects.vambe.webhook_requests import TOPICS, topic_of
from shared.domain.webhooks import WebhookWithSuspension
from shared.gateway.response import Response
from shared.validation.instants import to_the_millisecond


def webhook_created(webhook: WebhookWithSuspension) -> Response:
    """Build the response to the creation of a webhook."""
    return Response(201, {"status": "created", "id": webhook.webhook.webhook_id})


def webhook_list(webhooks: Iterable[WebhookWithSuspension]) -> Response:
    """Build the response to a request for all webhooks."""
    return Response(200, [_webhook(each) for each in webhooks])


def webhook_shown(webhook: WebhookWithSuspension) -> Response:
    """Build the response to a request for a webhook, or to a change of it."""
    return Response(200, _webhook(webhook))


def webhook_deleted(webhook_id: str) -> Response:
    """Build the response to the deletion of a webhook."""
    return Response(200, {"status": "deleted", "id": webhook_id})


def topic_list() -> Response:
    """Build the response to a request for the available topics."""
    return Response(200, list(TOPICS))


def _webhook(owned: WebhookWithSuspension) -> dict[str, Any]:
    webhook = owned.webhook
    return {
        "id": webhook.webhook_id,
        "topic": topic_of(webhook),
        "url": webhook.url,
        "active": owned.is_active,
        "created_at": to_the_millisecond(webhook.created_at),
        "updated_at": to_the_millisecond(webhook.updated_at),
    }
