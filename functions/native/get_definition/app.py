"""GET /v1/definitions/{definition_id}: get the definition of a variable."""

from shared.dialects.native.definition_responses import definition_shown
from shared.dialects.native.dialect import NATIVE, READ_DEFINITIONS
from shared.domain.accounts import Caller
from shared.domain.definitions import EVERY_CONTEXT_TYPE
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import find_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, READ_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the definition of the path."""
    definition_id = request.path("definition_id")
    return definition_shown(
        find_definition(definitions(), caller, definition_id, EVERY_CONTEXT_TYPE, archived=True)
    )
