"""POST /api/webhooks: create a webhook."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_requests import WebhookCreation
from shared.dialects.vambe.webhook_responses import webhook_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import create_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import url_policy, webhooks


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the webhook of the body."""
    body, policy = WebhookCreation.of(request), url_policy()
    return webhook_created(create_webhook(webhooks(), policy, caller, body.draft, body.secret))
