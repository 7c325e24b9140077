"""DELETE /v1/contacts/{contact_id}/variables/{name}: remove the value of a contact's variable."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.parameters import contact_of
from shared.dialects.native.variable_requests import condition_of
from shared.dialects.native.variable_responses import variable_removed
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.value_changes import remove_variable
from shared.wiring.endpoints import endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Remove the value of the variable of the path."""
    condition = condition_of(request)
    subject, name = contact_of(request), request.path("name")
    suggestion = remove_variable(value_stores(), caller, subject, name, condition)
    return variable_removed(name, suggestion)
