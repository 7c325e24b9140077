"""POST /v1/definitions/{definition_id}/restore: restore a definition."""

from shared.dialects.native.definition_responses import definition_shown, definition_tag
from shared.dialects.native.dialect import NATIVE, WRITE_DEFINITIONS
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definition_administration import set_archived
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, WRITE_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Show the definition of the path, and its values, again."""
    condition, definition_id = condition_of(request), request.path("definition_id")
    return definition_shown(
        set_archived(
            definitions(), caller, definition_id, condition, definition_tag, archived=False
        )
    )
