"""POST /v1/contacts/lookup: find a contact by identifiers."""

from shared.dialects.native.contact_requests import ContactLookup
from shared.dialects.native.contact_responses import contact_shown
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.identification import find_only_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the contact of the identifiers of the body."""
    identifiers = ContactLookup.of(request)
    return contact_shown(find_only_contact(contacts(), caller, identifiers))
