"""PUT /v1/business/variables/{name}: set one variable of the business."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.variable_requests import ValueSetting
from shared.dialects.native.variable_responses import variable_set
from shared.domain.accounts import Caller
from shared.domain.values import BUSINESS
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.value_changes import set_variable
from shared.wiring.endpoints import endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set the variable of the path."""
    sent, condition = ValueSetting.of(request)
    subject, name = BUSINESS, request.path("name")
    return variable_set(set_variable(value_stores(), caller, subject, name, sent, condition))
