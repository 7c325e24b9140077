"""DELETE .../conversations/{conversationId}/variables: remove all variables."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import conversation_id_of
from shared.dialects.chatcaptain.variable_responses import deleted
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.services.variables.values import clear_variables
from shared.wiring.endpoints import contacts, endpoint, variables


@endpoint(READS, "chatbots.conversations.variables.delete")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Remove the values of the conversation of the path. Their definitions stay."""
    conversation = find_conversation(contacts(), caller, conversation_id_of(request))
    clear_variables(variables(), caller, Subject.conversation(conversation.conversation_id))
    return deleted()
