"""POST /v1/resolve/batch: resolve the variables of several callers."""

from shared.dialects.native.dialect import NATIVE, READ_CONTACTS
from shared.dialects.native.resolve_requests import ResolveBatch
from shared.dialects.native.resolve_responses import resolutions_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.resolving import resolve_batch
from shared.wiring.resolving import resolver, timely_endpoint


@timely_endpoint(NATIVE, READ_CONTACTS, ResolveBatch.of, resolutions_shown)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return what the agent of the body gets for each of the callers."""
    return resolutions_shown(resolve_batch(resolver(), caller, ResolveBatch.of(request)))
