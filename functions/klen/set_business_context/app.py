"""POST /api/v1/business/context: set context variables of the account's business."""

from shared.dialects.klen.context_requests import ContextUpdate
from shared.dialects.klen.dialect import KLEN, WRITE
from shared.dialects.klen.responses import business_context_set
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.values import set_business_variables
from shared.wiring.endpoints import definitions, endpoint, variables


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set variables of the business."""
    update = ContextUpdate.of(request)
    set_business_variables(variables(), definitions(), caller, update.variables, update.rules)
    return business_context_set()
