"""DELETE /api/webhooks/{webhookId}: delete a webhook."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_answers import webhook_deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import delete_webhook
from shared.webhook_wiring import webhooks
from shared.wiring import endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the webhook of the path."""
    webhook_id = request.path("webhookId")
    delete_webhook(webhooks(), caller, webhook_id, VAMBE.name)
    return webhook_deleted(webhook_id)
