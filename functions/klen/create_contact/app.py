"""POST /api/v1/contacts/create: create a contact."""

from shared.dialects.klen.contact_requests import RULES, ContactCreation
from shared.dialects.klen.dialect import KLEN, READ, WRITE
from shared.dialects.klen.responses import contact_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import create_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(KLEN, READ, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the contact of the body. The vendor documents the permission to read."""
    body = ContactCreation.of(request)
    created = create_contact(contacts(), definitions(), caller, body.draft(), body.values, RULES)
    return contact_created(created)
