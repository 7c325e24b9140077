"""GET /v1/definitions/{definition_id}: get the definition of a variable."""

from shared.dialects.native.definition_queries import wants_usage
from shared.dialects.native.definition_responses import definition_with_usage
from shared.dialects.native.dialect import NATIVE, READ_DEFINITIONS
from shared.domain.accounts import Caller
from shared.domain.definitions import EVERY_CONTEXT_TYPE
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.usage import agents_that_declare
from shared.services.variables.definitions import find_definition
from shared.services.variables.usage import subjects_with_value
from shared.wiring.agents import agents
from shared.wiring.definitions import value_counts
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, READ_DEFINITIONS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the definition of the path, and how much it is used if asked."""
    is_wanted, definition_id = wants_usage(request), request.path("definition_id")
    found = find_definition(definitions(), caller, definition_id, EVERY_CONTEXT_TYPE, archived=True)
    count = agents_that_declare(agents(), caller, found, is_wanted=is_wanted)
    counted = subjects_with_value(value_counts(), caller, found, is_wanted=is_wanted)
    return definition_with_usage(found, count, counted)
