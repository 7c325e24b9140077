"""GET /v1/hooks/{hook_id}: get a hook."""

from shared.dialects.native.dialect import NATIVE, READ_AGENTS
from shared.dialects.native.hook_responses import hook_shown
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.hooks import find_hook
from shared.wiring.agents import hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the hook of the path."""
    return hook_shown(find_hook(hooks(), caller, request.path("hook_id")))
