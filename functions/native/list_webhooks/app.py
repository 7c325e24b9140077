"""GET /v1/webhooks: list the webhooks of the account."""

from shared.dialects.native.dialect import NATIVE, READ_WEBHOOKS
from shared.dialects.native.paging import Listed, page_parameters
from shared.dialects.native.webhook_responses import webhook_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import list_webhooks
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(NATIVE, READ_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of webhooks."""
    position, limit = page_parameters(request, Listed.WEBHOOKS)
    return webhook_list(list_webhooks(webhooks(), caller, position, limit))
