"""POST /v1/business/variables/operations: operate on variables of the business."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.variable_requests import OperationList
from shared.dialects.native.variable_responses import variables_changed
from shared.domain.accounts import Caller
from shared.domain.values import BUSINESS
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.value_changes import apply_operations
from shared.wiring.endpoints import endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply operations to the variables of the caller's business."""
    operations, terms = OperationList.of(request)
    subject = BUSINESS
    return variables_changed(apply_operations(value_stores(), caller, subject, operations, terms))
