"""GET /api/v1/context-variables: list the definitions of context variables."""

from shared.dialects.klen.dialect import KLEN, READ
from shared.dialects.klen.parameters import context_types_of
from shared.dialects.klen.responses import definition_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables import definitions as use_cases
from shared.wiring.endpoints import definitions, endpoint


@endpoint(KLEN, READ)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List the definitions of the context types in the query."""
    wanted = context_types_of(request)
    return definition_list(use_cases.list_definitions(definitions(), caller, wanted))
