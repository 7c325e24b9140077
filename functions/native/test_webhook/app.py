"""POST /v1/webhooks/{webhook_id}/test: send a test event to a webhook."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_payloads import PAYLOADS
from shared.dialects.native.webhook_responses import delivery_begun
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.fan_out import send_test
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import deliveries, delivery_queue, webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Queue a test event for the webhook of the path."""
    webhook_id, queue = request.path("webhook_id"), delivery_queue()
    return delivery_begun(send_test(webhooks(), deliveries(), queue, caller, webhook_id, PAYLOADS))
