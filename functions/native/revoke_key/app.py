"""DELETE /v1/keys/{key_id}: revoke an API key."""

from shared.dialects.native.dialect import NATIVE, WRITE_KEYS
from shared.dialects.native.key_responses import key_revoked
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.accounts.api_keys import revoke_api_key
from shared.wiring.api_keys import api_keys
from shared.wiring.endpoints import endpoint, log


@endpoint(NATIVE, WRITE_KEYS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Revoke the API key of the path."""
    return key_revoked(caller, revoke_api_key(api_keys(), log(), caller, request.path("key_id")))
