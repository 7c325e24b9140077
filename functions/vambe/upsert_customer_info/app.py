"""POST /api/public/customer/upsert/info: create or change a contact."""

from shared.dialects.vambe.customer_requests import CustomerUpsert
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.fields import RULES
from shared.dialects.vambe.responses import customer_upserted
from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import ContactUpsert, upsert_contact
from shared.services.variables.field_processing import process_fields
from shared.wiring.endpoints import accounts, contacts, definitions, endpoint, extractor


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create or change the contact with the phone number or user id in the body."""
    body = CustomerUpsert.of(request)
    identifier, *others = body.identifiers
    upsert = ContactUpsert(identifier, body.draft, body.apply, tuple(others))
    processed = process_fields(
        definitions(), accounts(), extractor(), caller, ContextType.CONTACT, body.fields
    )
    contact, _ = upsert_contact(contacts(), definitions(), caller, upsert, processed.to_set, RULES)
    return customer_upserted(contact, caller)
