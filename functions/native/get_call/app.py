"""GET /v1/calls/{call_id}: get the answer of a call."""

from shared.dialects.native.call_responses import call_shown
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.calls import find_call
from shared.wiring.agents import calls
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the answer of the call of the path."""
    call_id = request.path("call_id")
    return call_shown(find_call(calls(), contacts(), definitions(), caller, call_id))
