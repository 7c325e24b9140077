"""DELETE /v1/hooks/{hook_id}: delete a hook."""

from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.hook_responses import hook_deleted
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.hooks import delete_hook
from shared.wiring.agents import hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the hook of the path."""
    hook_id = request.path("hook_id")
    delete_hook(hooks(), caller, hook_id)
    return hook_deleted(hook_id)
