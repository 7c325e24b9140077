"""PATCH /v1/webhooks/{webhook_id}: change a webhook."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_requests import WebhookUpdate
from shared.dialects.native.webhook_responses import webhook_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import update_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import url_policy, webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields of the webhook of the path."""
    change = WebhookUpdate.of(request, url_policy()).apply
    webhook_id = request.path("webhook_id")
    return webhook_shown(update_webhook(webhooks(), url_policy(), caller, webhook_id, change))
