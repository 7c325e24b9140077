"""DELETE /v1/webhooks/{webhook_id}: delete a webhook."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_responses import webhook_deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import delete_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the webhook of the path."""
    webhook_id = request.path("webhook_id")
    delete_webhook(webhooks(), caller, webhook_id)
    return webhook_deleted(webhook_id)
