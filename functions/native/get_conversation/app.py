"""GET /v1/conversations/{conversation_id}: get a conversation."""

from shared.dialects.native.conversations import conversation_id_of, conversation_shown
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the conversation of the path."""
    return conversation_shown(find_conversation(contacts(), caller, conversation_id_of(request)))
