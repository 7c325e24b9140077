"""GET /v1/business/variables: list the variables of the business."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.parameters import variables_query
from shared.dialects.native.variable_responses import variables_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.subject_variables import list_business_variables
from shared.wiring.endpoints import definitions, endpoint, key_ids, variables


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the variables of the caller's business."""
    wanted = variables_query(request)
    return variables_shown(
        list_business_variables(variables(), definitions(), key_ids(), caller, wanted)
    )
