"""DELETE .../variables/{variableId}: delete a global variable."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import CONTEXT_TYPES, variable_id_of
from shared.dialects.chatcaptain.variable_responses import deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import delete_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(READS, "chatbots.variables.delete")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the definition of the path. Values under its name stay."""
    delete_definition(definitions(), caller, variable_id_of(request), CONTEXT_TYPES)
    return deleted()
