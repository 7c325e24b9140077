"""GET /v1/contacts/{contact_id}/conversations: list the conversations of a contact."""

from shared.dialects.native.conversations import conversation_list
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.paging import Listed, page_parameters
from shared.dialects.native.parameters import contact_id_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversation_changes import list_page_of_conversations
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of the conversations with the contact of the path."""
    after, limit = page_parameters(request, Listed.CONVERSATIONS)
    contact_id = contact_id_of(request)
    return conversation_list(
        list_page_of_conversations(contacts(), caller, contact_id, after, limit)
    )
