"""GET /v1/webhooks/{webhook_id}: get a webhook."""

from shared.dialects.native.dialect import NATIVE, READ_WEBHOOKS
from shared.dialects.native.webhook_responses import webhook_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import find_webhook
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(NATIVE, READ_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Get the webhook of the path."""
    return webhook_shown(find_webhook(webhooks(), caller, request.path("webhook_id")))
