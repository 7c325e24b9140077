"""POST /v1/webhooks/{webhook_id}/redeliver: send all failed deliveries again."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_requests import WebhookRedelivery
from shared.dialects.native.webhook_responses import deliveries_queued
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.redeliveries import redeliver_since
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import deliveries, delivery_queue, webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Queue one page of failed deliveries again, as requested by the body."""
    body, webhook_id = WebhookRedelivery.of(request), request.path("webhook_id")
    ports = (webhooks(), deliveries(), delivery_queue())
    found = redeliver_since(*ports, caller, webhook_id, body.from_instant, body.position)
    return deliveries_queued(found)
