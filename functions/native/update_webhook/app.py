"""PATCH /v1/webhooks/{webhook_id}: change a webhook."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_answers import webhook_shown
from shared.dialects.native.webhook_bodies import WebhookUpdate
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import update_webhook
from shared.webhook_wiring import destinations, webhooks
from shared.wiring import endpoint


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the fields of the body."""
    change = WebhookUpdate.of(request, destinations()).apply
    webhook_id = request.path("webhook_id")
    return webhook_shown(update_webhook(webhooks(), destinations(), caller, webhook_id, change))
