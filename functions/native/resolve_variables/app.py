"""POST /v1/resolve: resolve the variables of a caller."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.resolve_requests import ResolveRequest
from shared.dialects.native.resolve_responses import resolution_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.resolving import resolve
from shared.wiring.resolving import resolver, timely_endpoint


@timely_endpoint(NATIVE, READ_CONTACTS, ResolveRequest.of, resolution_shown)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return what the agent of the body gets for the caller of the body."""
    (wanted,) = ResolveRequest.of(request)
    return resolution_shown([resolve(resolver(), caller, wanted)])
