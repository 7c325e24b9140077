"""POST /v1/contacts/{contact_id}/merge: merge another contact into a contact."""

from shared.dialects.native.contact_merges import ContactMerge, contacts_merged
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.merging import merge_contacts
from shared.wiring.endpoints import endpoint
from shared.wiring.merges import merge_stores


@endpoint(NATIVE, WRITE_CONTACTS, follows_merges=False)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Merge the contact of the body into the contact of the path."""
    return contacts_merged(merge_contacts(merge_stores(), caller, ContactMerge.of(request)))
