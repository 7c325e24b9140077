"""PATCH .../contacts/{contactId}: change a contact."""

from shared.dialects.chatcaptain.contact_requests import RULES, ContactUpdate
from shared.dialects.chatcaptain.contact_responses import contact_details
from shared.dialects.chatcaptain.dialect import WRITES
from shared.dialects.chatcaptain.parameters import contact_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import get_contact
from shared.services.contacts.writes import update_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(WRITES, "chatbots.contacts.edit")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Change the sent fields and variables of the contact of the path."""
    update = ContactUpdate.of(request)
    reference = contact_of(request)
    changed = update_contact(
        contacts(), definitions(), caller, reference, update.apply, update.values, RULES
    )
    return contact_details(get_contact(contacts(), caller, changed.contact_id))
