"""POST /v1/calls/{call_id}/assurance: raise the assurance of a call."""

from shared.dialects.native.call_responses import AssuranceRaise, assurance_raised
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.assurance import raise_assurance
from shared.wiring.agents import resolver
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Raise the assurance of the call of the path."""
    assurance = AssuranceRaise.assurance_of(request)
    return assurance_raised(raise_assurance(resolver(), caller, request.path("call_id"), assurance))
