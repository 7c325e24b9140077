"""PUT /api/v1/contacts: change a contact found by id, WhatsApp id or SMS number."""

from shared.dialects.setter.answers import contact_updated
from shared.dialects.setter.bodies import RULES, ContactUpdate
from shared.dialects.setter.dialect import SETTER
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts import get_contact, update_contact
from shared.wiring import contacts, definitions, endpoint


@endpoint(SETTER)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the fields of the body on the contact that it names."""
    update = ContactUpdate.of(request)
    changed = update_contact(
        contacts(), definitions(), caller, update.reference, update.apply, update.values, RULES
    )
    return contact_updated(get_contact(contacts(), caller, changed.contact_id))
