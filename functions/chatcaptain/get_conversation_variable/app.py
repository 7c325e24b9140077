"""GET .../conversations/{conversationId}/variables/{variableId}: get a variable."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import conversation_id_of, variable_id_of
from shared.dialects.chatcaptain.variable_responses import variable_details
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.services.variables.values import get_variable
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(READS, "chatbots.conversations.variables.get")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the value of the variable in the conversation of the path."""
    conversation = find_conversation(contacts(), caller, conversation_id_of(request))
    subject = Subject.conversation(conversation.conversation_id)
    variable_id = variable_id_of(request)
    return variable_details(get_variable(variables(), definitions(), caller, subject, variable_id))
