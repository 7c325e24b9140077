"""GET /v1/business/variables/{name}: get one variable of the business."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.variable_responses import variable_shown
from shared.domain.accounts import Caller
from shared.domain.values import BUSINESS
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.subject_variables import get_variable_by_name
from shared.wiring.endpoints import endpoint, key_ids, variables


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the variable of the path."""
    name = request.path("name")
    return variable_shown(get_variable_by_name(variables(), key_ids(), caller, BUSINESS, name))
