"""GET /api/v1/contacts/{contact_id}: get a contact with its custom context."""

from shared.dialects.klen.dialect import KLEN, READ
from shared.dialects.klen.parameters import contact_id_of
from shared.dialects.klen.responses import contact_details
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import get_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(KLEN, READ)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the contact of the path."""
    return contact_details(get_contact(contacts(), caller, contact_id_of(request)))
