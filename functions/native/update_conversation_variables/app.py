"""PATCH /v1/conversations/{conversation_id}/variables: set or remove a conversation's variables."""

from shared.dialects.native.conversations import conversation_id_of, conversation_of
from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.variable_requests import patch_of
from shared.dialects.native.variable_responses import variables_changed
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.contacts.conversations import find_conversation
from shared.services.variables.value_changes import update_variables
from shared.wiring.endpoints import contacts, endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply a merge patch to the variables of the conversation of the path."""
    values, mode, terms = patch_of(request)
    find_conversation(contacts(), caller, conversation_id_of(request))
    subject = conversation_of(request)
    return variables_changed(update_variables(value_stores(), caller, subject, values, mode, terms))
