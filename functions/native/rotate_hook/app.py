"""POST /v1/hooks/{hook_id}/rotate: give a hook a new token."""

from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.hook_responses import hook_rotated
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.hooks import rotate_hook
from shared.wiring.agents import hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Replace the token of the hook of the path."""
    return hook_rotated(rotate_hook(hooks(), caller, request.path("hook_id")))
