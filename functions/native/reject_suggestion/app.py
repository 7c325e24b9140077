"""POST /v1/suggestions/{suggestion_id}/reject: reject a suggestion."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.suggestion_responses import suggestion_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables import suggestions as use_cases
from shared.wiring.endpoints import contacts, endpoint, suggestions


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Reject the suggestion of the path."""
    suggestion_id = request.path("suggestion_id")
    return suggestion_shown(
        use_cases.reject_suggestion(suggestions(), contacts(), caller, suggestion_id)
    )
