"""PUT /api/webhooks/{webhookId}: change a webhook."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_answers import webhook_shown
from shared.dialects.vambe.webhook_bodies import WebhookUpdate
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import update_webhook
from shared.webhook_wiring import destinations, webhooks
from shared.wiring import endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the fields of the body."""
    change, to = WebhookUpdate.of(request).apply, destinations()
    webhook_id = request.path("webhookId")
    changed = update_webhook(webhooks(), to, caller, webhook_id, change, VAMBE.name)
    return webhook_shown(changed)
