"""POST /v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver: send a delivery again."""

from shared.dialects.native.dialect import NATIVE, WRITE_WEBHOOKS
from shared.dialects.native.webhook_responses import delivery_queued
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.redeliveries import redeliver
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import deliveries, delivery_queue, webhooks


@endpoint(NATIVE, WRITE_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Queue the delivery of the path again."""
    webhook_id, delivery_id = request.path("webhook_id"), request.path("delivery_id")
    ports = (webhooks(), deliveries(), delivery_queue())
    return delivery_queued(redeliver(*ports, caller, webhook_id, delivery_id))
