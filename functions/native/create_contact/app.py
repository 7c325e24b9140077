"""POST /v1/contacts: create a contact."""

from shared.dialects.native.contact_requests import ContactCreation
from shared.dialects.native.contact_responses import contact_created
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_changes import create_contact
from shared.wiring.endpoints import contact_stores, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the contact of the body."""
    draft, variables, key = ContactCreation.of(request)
    return contact_created(create_contact(contact_stores(), caller, draft, variables, key))
