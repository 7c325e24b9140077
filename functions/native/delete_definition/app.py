"""DELETE /v1/definitions/{definition_id}: delete the definition of a variable."""

from shared.dialects.native.definition_responses import definition_deleted, definition_tag
from shared.dialects.native.dialect import NATIVE, WRITE_DEFINITIONS
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definition_administration import remove_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, WRITE_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the definition of the path. Its stored values stay."""
    condition, definition_id = condition_of(request), request.path("definition_id")
    remove_definition(definitions(), caller, definition_id, condition, definition_tag)
    return definition_deleted(definition_id)
