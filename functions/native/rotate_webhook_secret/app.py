"""POST /v1/webhooks/{webhook_id}/rotate-secret: give a webhook a new secret."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_answers import secret_rotated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import rotate_secret
from shared.webhook_wiring import webhooks
from shared.wiring import endpoint


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Give the webhook of the path a new secret."""
    return secret_rotated(rotate_secret(webhooks(), caller, request.path("webhook_id")))
