"""POST /v1/webhooks: create a webhook."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_requests import WebhookCreation
from shared.dialects.native.webhook_responses import webhook_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import create_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import url_policy, webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the webhook of the body."""
    draft = WebhookCreation.draft_of(request, url_policy())
    return webhook_created(create_webhook(webhooks(), url_policy(), caller, draft))
