"""GET .../contacts/variables/{contactId}/{variableId}: get a variable of a contact."""

from shared.dialects.chatcaptain.dialect import READS
from shared.dialects.chatcaptain.parameters import contact_of, variable_id_of
from shared.dialects.chatcaptain.variable_responses import variable_details
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.variables.values import get_variable
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(READS, "chatbots.contacts.variables.get")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the value of the variable on the contact of the path."""
    contact = find_contact(contacts(), caller, contact_of(request))
    subject = Subject.contact(contact.contact_id)
    variable_id = variable_id_of(request)
    return variable_details(get_variable(variables(), definitions(), caller, subject, variable_id))
