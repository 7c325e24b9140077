"""PUT /api/v1/contacts: change a contact found by id, WhatsApp id or SMS number."""

from shared.dialects.setter.dialect import SETTER
from shared.dialects.setter.requests import RULES, ContactUpdate
from shared.dialects.setter.responses import contact_updated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import get_contact
from shared.services.contacts.writes import update_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(SETTER)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields of the contact that the body refers to."""
    update = ContactUpdate.of(request)
    changed = update_contact(
        contacts(), definitions(), caller, update.reference, update.apply, update.values, RULES
    )
    return contact_updated(get_contact(contacts(), caller, changed.contact_id))
