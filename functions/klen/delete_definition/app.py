"""DELETE /api/v1/context-variables/{variable_id}/delete: delete a definition."""

from shared.dialects.klen.dialect import KLEN, WRITE
from shared.dialects.klen.parameters import CONTEXT_TYPES, variable_id_of
from shared.dialects.klen.responses import definition_deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import delete_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the definition of the path. Values under its name stay."""
    delete_definition(definitions(), caller, variable_id_of(request), CONTEXT_TYPES)
    return definition_deleted()
