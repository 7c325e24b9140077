"""PUT and PATCH /api/v1/context-variables/{variable_id}/update: change a definition."""

from shared.dialects.klen.definition_requests import DefinitionUpdate
from shared.dialects.klen.dialect import KLEN, WRITE
from shared.dialects.klen.parameters import CONTEXT_TYPES, variable_id_of
from shared.dialects.klen.responses import definition_updated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import update_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields of the definition of the path."""
    update = DefinitionUpdate.of(request)
    definition_id = variable_id_of(request)
    changed = update_definition(definitions(), caller, definition_id, CONTEXT_TYPES, update.apply)
    return definition_updated(changed)
