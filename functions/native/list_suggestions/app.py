"""GET /v1/suggestions: list suggestions."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.suggestion_responses import suggestion_list, suggestions_query
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.suggestions import find_suggestions
from shared.wiring.endpoints import contacts, endpoint, suggestions


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of the account's suggestions, or of those for a contact."""
    subject, after, limit = suggestions_query(request)
    return suggestion_list(
        find_suggestions(suggestions(), contacts(), caller, subject, after, limit)
    )
