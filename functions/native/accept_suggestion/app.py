"""POST /v1/suggestions/{suggestion_id}/accept: accept a suggestion."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.suggestion_responses import suggestion_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables import suggestions as use_cases
from shared.wiring.endpoints import contacts, endpoint, suggestions, variables


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set the value of the suggestion of the path, as the caller."""
    suggestion_id = request.path("suggestion_id")
    return suggestion_shown(
        use_cases.accept_suggestion(suggestions(), variables(), contacts(), caller, suggestion_id)
    )
