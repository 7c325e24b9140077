"""POST .../contacts: create a contact."""

from shared.dialects.chatcaptain.contact_requests import NO_VALUES, RULES, ContactCreation
from shared.dialects.chatcaptain.contact_responses import contact_created
from shared.dialects.chatcaptain.dialect import WRITES
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import create_contact
from shared.wiring.endpoints import contacts, definitions, endpoint


@endpoint(WRITES, "chatbots.contacts.create")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the contact of the body."""
    draft = ContactCreation.draft_of(request)
    created = create_contact(contacts(), definitions(), caller, draft, NO_VALUES, RULES)
    return contact_created(created)
