"""GET /api/public/contact/{aiContactId}/info: get a contact with its custom fields."""

from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.references import contact_of
from shared.dialects.vambe.responses import contact_info
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact, get_contact
from shared.services.contacts.conversations import list_conversations
from shared.wiring.endpoints import contacts, endpoint


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Get the contact of the path."""
    contact_id = find_contact(contacts(), caller, contact_of(request)).contact_id
    found = get_contact(contacts(), caller, contact_id)
    return contact_info(found, list_conversations(contacts(), caller, found.contact), caller)
