"""GET /api/webhooks/topics: list the topics of webhooks."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.webhook_responses import topic_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.wiring.endpoints import endpoint


@endpoint(VAMBE)
def lambda_handler(_: Request, __: Caller) -> Response:
    """List the topics that this service sends."""
    return topic_list()
