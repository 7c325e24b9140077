"""GET .../variables: list the global variables of a chatbot."""

from shared.dialects.chatcaptain.dialect import VARIABLE_LISTS
from shared.dialects.chatcaptain.parameters import CONTEXT_TYPES, categories_of
from shared.dialects.chatcaptain.variable_responses import global_variable_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definitions import list_definitions
from shared.wiring.endpoints import definitions, endpoint


@endpoint(VARIABLE_LISTS, "chatbots.variables.list")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the definitions of the categories in the query."""
    found = list_definitions(definitions(), caller, CONTEXT_TYPES)
    return global_variable_list(found, categories_of(request))
