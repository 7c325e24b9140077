"""POST /api/v1/business/context: set context variables of the account's business."""

from shared.dialects.klen.answers import business_context_set
from shared.dialects.klen.context_bodies import ContextUpdate
from shared.dialects.klen.dialect import KLEN, WRITE
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables import set_business_variables
from shared.wiring import definitions, endpoint, variables


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set the variables of the body on the business."""
    update = ContextUpdate.of(request)
    set_business_variables(variables(), definitions(), caller, update.variables, update.rules)
    return business_context_set()
