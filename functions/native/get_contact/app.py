"""GET /v1/contacts/{contact_id}: get a contact without its variables."""

from shared.dialects.native.contact_responses import contact_shown
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.parameters import contact_id_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the contact of the path."""
    return contact_shown(find_contact(contacts(), caller, contact_id_of(request)))
