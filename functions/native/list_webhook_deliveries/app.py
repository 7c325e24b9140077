"""GET /v1/webhooks/{webhook_id}/deliveries: list the deliveries to a webhook."""

from shared.dialects.native.dialect import NATIVE, READ_WEBHOOKS
from shared.dialects.native.paging import Listed, page_parameters
from shared.dialects.native.webhook_responses import delivery_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import list_deliveries
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import deliveries, webhooks


@endpoint(NATIVE, READ_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of deliveries to the webhook of the path."""
    webhook_id, (position, limit) = (
        request.path("webhook_id"),
        page_parameters(request, Listed.DELIVERIES),
    )
    found = list_deliveries(webhooks(), deliveries(), caller, webhook_id, position, limit)
    return delivery_list(found)
