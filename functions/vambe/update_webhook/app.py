"""PUT /api/webhooks/{webhookId}: change a webhook."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_requests import WebhookUpdate
from shared.dialects.vambe.webhook_responses import webhook_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import update_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import url_policy, webhooks


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields of the webhook of the path."""
    change, policy = WebhookUpdate.of(request).apply, url_policy()
    webhook_id = request.path("webhookId")
    changed = update_webhook(webhooks(), policy, caller, webhook_id, change, VAMBE.name)
    return webhook_shown(changed)
