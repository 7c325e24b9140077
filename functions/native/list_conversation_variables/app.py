"""GET /v1/conversations/{conversation_id}/variables: list the variables of a conversation."""

from shared.dialects.native.conversations import conversation_id_of
from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.parameters import variables_query
from shared.dialects.native.variable_responses import variables_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.services.variables.subject_variables import list_conversation_variables
from shared.wiring.endpoints import contacts, definitions, endpoint, key_ids, variables


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the variables of the conversation of the path."""
    wanted = variables_query(request)
    found = find_conversation(contacts(), caller, conversation_id_of(request)).conversation_id
    return variables_shown(
        list_conversation_variables(variables(), definitions(), key_ids(), caller, found, wanted)
    )
