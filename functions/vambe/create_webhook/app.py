"""POST /api/webhooks: subscribe to events."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_answers import webhook_created
from shared.dialects.vambe.webhook_bodies import WebhookCreation
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import create_webhook
from shared.webhook_wiring import destinations, webhooks
from shared.wiring import endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the webhook of the body, with its secret."""
    body, to = WebhookCreation.of(request), destinations()
    return webhook_created(create_webhook(webhooks(), to, caller, body.draft, body.secret))
