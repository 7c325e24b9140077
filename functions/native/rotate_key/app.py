"""POST /v1/keys/{key_id}/rotate: rotate an API key."""

from shared.dialects.native.dialect import NATIVE, WRITE_KEYS
from shared.dialects.native.key_requests import KeyRotation
from shared.dialects.native.key_responses import key_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.api_keys import rotate_api_key
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint, log


@endpoint(NATIVE, WRITE_KEYS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Rotate the API key of the path."""
    overlap, once = KeyRotation.of(request)
    key_id = request.path("key_id")
    return key_created(caller, rotate_api_key(api_keys(), log(), caller, key_id, overlap, once))
