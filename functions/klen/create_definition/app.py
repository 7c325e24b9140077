"""POST /api/v1/context-variables/create: create the definition of a context variable."""

from shared.dialects.klen.definition_requests import DefinitionCreation
from shared.dialects.klen.dialect import KLEN, WRITE
from shared.dialects.klen.responses import definition_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import create_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the definition of the body."""
    draft = DefinitionCreation.draft_of(request)
    return definition_created(create_definition(definitions(), caller, draft))
