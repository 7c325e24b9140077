"""POST /api/public/contact/{aiContactId}/update-metadata: set custom fields of a contact."""

from shared.dialects.vambe.contact_metadata import fields_of
from shared.dialects.vambe.dialect import VAMBE
from shared.dialects.vambe.fields import RULES
from shared.dialects.vambe.references import contact_of
from shared.dialects.vambe.responses import metadata_updated
from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.variables.field_processing import process_fields
from shared.services.variables.values import set_contact_variables
from shared.wiring.endpoints import accounts, contacts, definitions, endpoint, extractor, variables


@endpoint(VAMBE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set custom fields of the contact of the path."""
    reference, fields = contact_of(request), fields_of(request)
    contact = find_contact(contacts(), caller, reference)
    processed = process_fields(
        definitions(), accounts(), extractor(), caller, ContextType.CONTACT, fields
    )
    found = processed.lookup_for(contact)
    stored = set_contact_variables(
        variables(), definitions(), caller, contact.contact_id, processed.to_set, RULES, found
    )
    return metadata_updated(contact, stored.variables, processed.reports, caller)
