"""PATCH /v1/contacts/{contact_id}/variables: set or remove variables of a contact."""

from shared.dialects.native.dialect import NATIVE, WRITE_CONTACTS
from shared.dialects.native.parameters import contact_of
from shared.dialects.native.variable_requests import patch_of
from shared.dialects.native.variable_responses import variables_changed
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.value_changes import update_variables
from shared.wiring.endpoints import endpoint, value_stores


@endpoint(NATIVE, WRITE_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply a merge patch to the variables of the contact of the path."""
    values, mode, terms = patch_of(request)
    subject = contact_of(request)
    return variables_changed(update_variables(value_stores(), caller, subject, values, mode, terms))
