"""POST /v1/contacts/upsert: create or change a contact by identifiers."""

from shared.dialects.native.contact_requests import ContactUpsert
from shared.dialects.native.contact_responses import contact_upserted
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_changes import upsert_contact
from shared.wiring.endpoints import contact_stores, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the contact that has an identifier of the body, or create it."""
    upsert, key = ContactUpsert.of(request)
    return contact_upserted(upsert_contact(contact_stores(), caller, upsert, key))
