"""POST .../variables: create a global variable."""

from shared.dialects.chatcaptain.dialect import WRITES
from shared.dialects.chatcaptain.variable_requests import VariableCreation
from shared.dialects.chatcaptain.variable_responses import global_variable_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import create_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(WRITES, "chatbots.variables.create")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the definition of the body."""
    draft = VariableCreation.draft_of(request)
    return global_variable_created(create_definition(definitions(), caller, draft))
