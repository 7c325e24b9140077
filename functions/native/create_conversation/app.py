"""POST /v1/conversations: create a conversation with a contact."""

from shared.dialects.native.conversations import ConversationCreation, conversation_created
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversation_changes import create_conversation
from shared.wiring.endpoints import contacts, endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the conversation of the body."""
    contact_id, conversation_id, key = ConversationCreation.of(request)
    records = value_stores().records
    return conversation_created(
        create_conversation(contacts(), records, caller, contact_id, conversation_id, key)
    )
