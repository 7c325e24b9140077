"""POST /v1/definitions: create the definition of a variable."""

from shared.dialects.native.definition_requests import DefinitionCreation
from shared.dialects.native.definition_responses import definition_created
from shared.dialects.native.dialect import NATIVE, WRITE_DEFINITIONS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definition_administration import add_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, WRITE_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the definition of the body."""
    draft = DefinitionCreation.draft_of(request)
    return definition_created(add_definition(definitions(), caller, draft))
