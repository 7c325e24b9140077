"""GET /v1/contacts/{contact_id}/variables: list the variables of a contact."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.parameters import contact_id_of, variables_query
from shared.dialects.native.variable_responses import variables_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.subject_variables import list_contact_variables
from shared.wiring.endpoints import contacts, definitions, endpoint, key_ids


@endpoint(NATIVE, READ_CONTACTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the variables of the contact of the path."""
    wanted = variables_query(request)
    contact_id = contact_id_of(request)
    return variables_shown(
        list_contact_variables(contacts(), definitions(), key_ids(), caller, contact_id, wanted)
    )
