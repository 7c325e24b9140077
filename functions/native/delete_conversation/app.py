"""DELETE /v1/conversations/{conversation_id}: delete a conversation."""

from shared.dialects.native.conversations import conversation_deleted, conversation_id_of
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversation_changes import delete_conversation
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the conversation of the path."""
    conversation_id = conversation_id_of(request)
    delete_conversation(contacts(), caller, conversation_id)
    return conversation_deleted(conversation_id)
