"""POST /v1/webhooks/{webhook_id}/rotate-secret: give a webhook a new secret."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_responses import secret_rotated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import rotate_secret
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Replace the secret of the webhook of the path."""
    return secret_rotated(rotate_secret(webhooks(), caller, request.path("webhook_id")))
