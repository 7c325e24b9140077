"""GET .../conversations/{conversationId}/variables: list the variables."""

from shared.dialects.chatcaptain.dialect import VARIABLE_LISTS
from shared.dialects.chatcaptain.parameters import conversation_id_of
from shared.dialects.chatcaptain.variable_responses import variable_list
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.services.variables.values import list_defined_variables
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(VARIABLE_LISTS, "chatbots.conversations.variables.list")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the variables that have a value in the conversation of the path."""
    conversation = find_conversation(contacts(), caller, conversation_id_of(request))
    subject = Subject.conversation(conversation.conversation_id)
    return variable_list(list_defined_variables(variables(), definitions(), caller, subject))
