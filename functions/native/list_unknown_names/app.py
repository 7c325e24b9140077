"""GET /v1/definitions/unknown-names: list names that writes were refused for."""

from shared.dialects.native.dialect import NATIVE, READ_DEFINITIONS
from shared.dialects.native.unknown_name_responses import unknown_name_list
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.variables.unknown_names import offer_unknown_names
from shared.wiring.definitions import unknown_names
from shared.wiring.endpoints import definitions, endpoint


@endpoint(NATIVE, READ_DEFINITIONS)
def lambda_handler(_: Request, caller: Caller) -> Response:
    """List the names, with the definitions that each may be an alias of."""
    return unknown_name_list(offer_unknown_names(unknown_names(), definitions(), caller))
