"""POST /api/v1/contacts/{contact_id}/context: set context variables of a contact."""

from shared.dialects.klen.context_requests import ContextUpdate
from shared.dialects.klen.dialect import KLEN, WRITE
from shared.dialects.klen.parameters import contact_id_of
from shared.dialects.klen.responses import contact_context_set
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.values import set_contact_variables
from shared.wiring.endpoints import definitions, endpoint, variables


@endpoint(KLEN, WRITE)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Set variables of the contact of the path.

    Klen's response does not tell which values became suggestions.
    """
    update = ContextUpdate.of(request)
    contact_id = contact_id_of(request)
    set_contact_variables(
        variables(), definitions(), caller, contact_id, update.variables, update.rules
    )
    return contact_context_set(contact_id)
