"""GET /v1/keys: list the API keys of the account."""

from shared.dialects.native.dialect import NATIVE, READ_KEYS
from shared.dialects.native.key_responses import key_list
from shared.dialects.native.paging import Listed, page_parameters
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.api_keys import list_api_keys
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_KEYS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of API keys."""
    position, limit = page_parameters(request, Listed.KEYS)
    return key_list(caller, list_api_keys(api_keys(), caller, position, limit))
