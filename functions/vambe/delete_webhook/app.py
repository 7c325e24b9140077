"""DELETE /api/webhooks/{webhookId}: delete a webhook."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_responses import webhook_deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import delete_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the webhook of the path."""
    webhook_id = request.path("webhookId")
    delete_webhook(webhooks(), caller, webhook_id, VAMBE.name)
    return webhook_deleted(webhook_id)
