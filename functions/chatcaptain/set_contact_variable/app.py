"""PUT .../contacts/variables/{contactId}: set a variable of a contact."""

from shared.dialects.chatcaptain.dialect import WRITES
from shared.dialects.chatcaptain.parameters import assigned_variable_id_of
from shared.dialects.chatcaptain.variable_requests import CONTACT, RULES, ContactValueAssignment
from shared.dialects.chatcaptain.variable_responses import variable_set
from shared.domain.accounts import Caller
from shared.domain.values import VariableLookup
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.contacts import find_contact
from shared.services.variables.definitions import find_definition
from shared.services.variables.values import set_contact_variables
from shared.wiring.endpoints import contacts, definitions, endpoint, variables


@endpoint(WRITES, "chatbots.contacts.variables.edit")
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set the variable of the path for the contact in the body."""
    body = ContactValueAssignment.of(request)
    contact = find_contact(contacts(), caller, body.contact)
    variable_id = assigned_variable_id_of(request)
    definition = find_definition(definitions(), caller, variable_id, CONTACT)
    values = body.values(definition)
    found = VariableLookup(contact, {definition.name: definition})
    set_contact_variables(
        variables(), definitions(), caller, contact.contact_id, values, RULES, found
    )
    return variable_set(definition, body.value, caller.requested_at)
