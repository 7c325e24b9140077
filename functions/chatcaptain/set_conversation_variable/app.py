"""PUT .../conversations/{conversationId}/variables/{variableId}: set a variable."""

from shared.dialects.chatcaptain.dialect import WRITES
from shared.dialects.chatcaptain.parameters import conversation_id_of, variable_id_of
from shared.dialects.chatcaptain.variable_requests import CONVERSATION, RULES, ValueAssignment
from shared.dialects.chatcaptain.variable_responses import variable_set
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation, set_conversation_variables
from shared.services.variables.definitions import find_definition
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(WRITES, "chatbots.conversations.variables.edit")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set the variable of the path in the conversation of the path."""
    body = ValueAssignment.of(request)
    conversation = find_conversation(contacts(), caller, conversation_id_of(request))
    definition = find_definition(definitions(), caller, variable_id_of(request), CONVERSATION)
    values = body.values(definition)
    set_conversation_variables(
        variables(), definitions(), contacts(), caller, conversation, values, RULES
    )
    return variable_set(definition, body.value, caller.requested_at)
