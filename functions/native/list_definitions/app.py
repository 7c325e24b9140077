"""GET /v1/definitions: list the definitions of variables."""

from shared.dialects.native.definition_queries import definitions_query
from shared.dialects.native.definition_responses import definition_list
from shared.dialects.native.dialect import NATIVE, READ_DEFINITIONS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.definition_administration import list_definition_page
from shared.wiring.definitions import definition_pages
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of definitions."""
    query = definitions_query(request)
    return definition_list(list_definition_page(definition_pages(), caller, query))
