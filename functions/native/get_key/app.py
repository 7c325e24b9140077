"""GET /v1/keys/{key_id}: get an API key."""

from shared.dialects.native.dialect import NATIVE, READ_KEYS
from shared.dialects.native.key_responses import key_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.api_keys import get_api_key
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_KEYS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Get the API key of the path."""
    return key_shown(caller, get_api_key(api_keys(), caller, request.path("key_id")))
