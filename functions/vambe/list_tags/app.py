"""GET /api/public/tags: list the tags of the account."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.responses import tag_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts import tags as use_cases
from shared.wiring.endpoints import endpoint, tags


@endpoint(VAMBE)
def lambda_handler(_: Request, caller: Caller) -> Response:
    """List all tags."""
    return tag_list(use_cases.list_tags(tags(), caller), caller)
