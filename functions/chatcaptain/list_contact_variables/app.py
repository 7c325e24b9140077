"""GET .../contacts/variables/{contactId}: list the variables of a contact."""

from shared.dialects.chatcaptain.dialect import VARIABLE_LISTS
from shared.dialects.chatcaptain.parameters import contact_of
from shared.dialects.chatcaptain.variable_responses import variable_list
from shared.domain.accounts import Caller
from shared.domain.values import Subject
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.variables.values import list_defined_variables
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(VARIABLE_LISTS, "chatbots.contacts.variables.list")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the variables that have a value on the contact of the path."""
    contact = find_contact(contacts(), caller, contact_of(request))
    subject = Subject.contact(contact.contact_id)
    return variable_list(list_defined_variables(variables(), definitions(), caller, subject))
