"""GET /api/webhooks: list webhooks."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_responses import webhook_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks.subscriptions import list_webhooks_in_format
from shared.wiring.endpoints import endpoint
from shared.wiring.webhooks import webhooks


@endpoint(VAMBE)
def lambda_handler(_: Request, caller: Caller) -> Response:
    """List the webhooks with Vambe's payload format."""
    return webhook_list(list_webhooks_in_format(webhooks(), caller, VAMBE.name))
