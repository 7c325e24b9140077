"""POST /v1/hooks: create a hook for a voice platform."""

from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.hook_requests import HookCreation
from shared.dialects.native.hook_responses import hook_created
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.platforms.hook_messages import hook_faults
from shared.services.agents.hooks import create_hook
from shared.wiring.agents import agents, hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the hook of the body."""
    draft = HookCreation.draft_of(request)
    return hook_created(create_hook(agents(), hooks(), caller, draft, hook_faults))
