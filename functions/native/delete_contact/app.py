"""DELETE /v1/contacts/{contact_id}: delete a contact."""

from shared.dialects.native.contact_responses import contact_deleted
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.parameters import contact_id_of
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_changes import delete_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(NATIVE, WRITE_CONTACTS, follows_merges=False)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the contact of the path."""
    condition = condition_of(request)
    contact_id = contact_id_of(request)
    delete_contact(contacts(), caller, contact_id, condition)
    return contact_deleted(contact_id)
