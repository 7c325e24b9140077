"""PATCH /v1/contacts/{contact_id}: change fields of a contact."""

from shared.dialects.native.contact_requests import update_of
from shared.dialects.native.contact_responses import contact_updated
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.parameters import contact_id_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_changes import update_contact
from shared.wiring.endpoints import contact_stores, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply a merge patch to the contact of the path."""
    fields, terms = update_of(request)
    contact_id = contact_id_of(request)
    return contact_updated(
        update_contact(contact_stores(), caller, contact_id, fields.apply, terms)
    )
