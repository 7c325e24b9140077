"""PATCH /v1/definitions/{definition_id}: change the definition of a variable."""

from shared.dialects.native.definition_requests import DefinitionPatch
from shared.dialects.native.definition_responses import definition_shown, definition_tag
from shared.dialects.native.dialect import NATIVE, WRITE_DEFINITIONS
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definition_administration import change_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, WRITE_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply a merge patch to the definition of the path."""
    condition = condition_of(request)
    change = DefinitionPatch.of(request).apply
    definition_id = request.path("definition_id")
    return definition_shown(
        change_definition(definitions(), caller, definition_id, change, condition, definition_tag)
    )
