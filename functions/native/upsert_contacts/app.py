"""POST /v1/contacts/batch: create or change many contacts by identifiers."""

from shared.dialects.native.contact_batches import ContactBatch, batch_upserted
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contact_batches import upsert_contacts
from shared.wiring.endpoints import contact_stores, endpoint


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Upsert each contact of the body."""
    items = ContactBatch.of(request)
    return batch_upserted(request, upsert_contacts(contact_stores(), caller, items))
