"""GET /v1/calls/{call_id}/why: say why a call had a value."""

from shared.dialects.native.call_responses import value_explained, variable_of
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.calls import explain, find_call
from shared.wiring.agents import calls
from shared.wiring.endpoints import activity, contacts, definitions, endpoint, key_ids


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Explain the variable of the query in the call of the path."""
    call_id, variable = request.path("call_id"), variable_of(request)
    call = find_call(calls(), contacts(), definitions(), caller, call_id)
    return value_explained(explain(activity(), key_ids(), caller, call, variable))
