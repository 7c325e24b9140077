"""GET /api/public/contact/{aiContactId}/conversations: list conversations of a contact."""

from shared.dialects.vambe.contact_queries import check_days_back
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.references import contact_of
from shared.dialects.vambe.responses import conversation_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.contacts.conversations import list_conversations
from shared.wiring.endpoints import contacts, endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the conversations of the contact of the path."""
    check_days_back(request)
    contact = find_contact(contacts(), caller, contact_of(request))
    return conversation_list(contact, list_conversations(contacts(), caller, contact))
