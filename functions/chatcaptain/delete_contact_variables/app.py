"""DELETE .../contacts/variables/{contactId}: remove all variables of a contact."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import contact_of
from shared.dialects.chatcaptain.variable_responses import deleted
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.variables.values import clear_variables
from shared.wiring.endpoints import contacts, endpoint, variables


@endpoint(READS, "chatbots.contacts.variables.delete")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Remove the values of the contact of the path. Their definitions stay."""
    contact = find_contact(contacts(), caller, contact_of(request))
    clear_variables(variables(), caller, Subject.contact(contact.contact_id))
    return deleted()
