"""PATCH and PUT .../variables/{variableId}: change a global variable."""

from shared.dialects.chatcaptain.dialect import WRITES
from shared.dialects.chatcaptain.parameters import CONTEXT_TYPES, variable_id_of
from shared.dialects.chatcaptain.variable_requests import VariableUpdate
from shared.dialects.chatcaptain.variable_responses import global_variable_updated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import update_definition
from shared.wiring.endpoints import definitions, endpoint


@endpoint(WRITES, "chatbots.variables.edit")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields of the definition of the path."""
    update = VariableUpdate.of(request)
    variable_id = variable_id_of(request)
    changed = update_definition(definitions(), caller, variable_id, CONTEXT_TYPES, update.apply)
    return global_variable_updated(changed)
