"""POST /v1/keys: create an API key."""

from shared.dialects.native.dialect import NATIVE, WRITE_KEYS
from shared.dialects.native.key_requests import KeyCreation
from shared.dialects.native.key_responses import key_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.api_keys import create_api_key
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint, log


@endpoint(NATIVE, WRITE_KEYS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the API key of the body."""
    draft, once = KeyCreation.of(request, caller)
    return key_created(caller, create_api_key(api_keys(), log(), caller, draft, once))
