"""DELETE .../contacts/{contactId}: delete a contact."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import contact_of
from shared.dialects.chatcaptain.variable_responses import deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.writes import delete_contact
from shared.wiring.endpoints import contacts, endpoint


@endpoint(READS, "chatbots.contacts.delete")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the contact of the path with its variables and conversations."""
    delete_contact(contacts(), caller, contact_of(request))
    return deleted()
