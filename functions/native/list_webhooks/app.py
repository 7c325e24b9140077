"""GET /v1/webhooks: list the webhooks of the account."""

from shared.dialects.native.dialect import NATIVE, READ_WEBHOOKS
from shared.dialects.native.paging import window_of
from shared.dialects.native.webhook_answers import webhook_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.webhooks import list_webhooks
from shared.webhook_wiring import webhooks
from shared.wiring import endpoint


@endpoint(NATIVE, READ_WEBHOOKS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of webhooks."""
    place, limit = window_of(request)
    return webhook_list(list_webhooks(webhooks(), caller, place, limit))
