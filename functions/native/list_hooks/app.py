"""GET /v1/hooks: list the hooks of the account."""

from shared.dialects.native.dialect import NATIVE, READ_AGENTS
from shared.dialects.native.hook_responses import hook_list
from shared.dialects.native.paging import Listed, page_parameters
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.hooks import list_hooks
from shared.wiring.agents import hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of hooks."""
    position, limit = page_parameters(request, Listed.HOOKS)
    return hook_list(list_hooks(hooks(), caller, position, limit))
