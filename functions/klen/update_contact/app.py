"""PUT and PATCH /api/v1/contacts/{contact_id}/update: change a contact."""

from shared.dialects.klen.contact_requests import RULES, ContactUpdate
from shared.dialects.klen.dialect import KLEN, READ, WRITE
from shared.dialects.klen.parameters import contact_id_of
from shared.dialects.klen.responses import contact_updated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import update_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(KLEN, READ, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the contact of the path. The vendor documents the permission to read."""
    update = ContactUpdate.of(request)
    contact_id = contact_id_of(request)
    changed = update_contact(
        contacts(), definitions(), caller, contact_id, update.apply, update.values, RULES
    )
    return contact_updated(changed)
