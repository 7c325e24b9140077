"""GET .../contacts/{contactId}: get a contact with its variables."""

from shared.dialects.chatcaptain.contact_responses import contact_details
from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import contact_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact, get_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(READS, "chatbots.contacts.get")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the contact of the path."""
    contact = find_contact(contacts(), caller, contact_of(request))
    return contact_details(get_contact(contacts(), caller, contact.contact_id))
