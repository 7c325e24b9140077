"""GET /v1/agents: list the agents of the account."""

from shared.dialects.native.agent_responses import agent_list
from shared.dialects.native.dialect import NATIVE, READ_AGENTS
from shared.dialects.native.paging import Listed, page_parameters
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.administration import list_agents
from shared.wiring.agents import agents
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """List one page of agents."""
    position, limit = page_parameters(request, Listed.AGENTS)
    return agent_list(list_agents(agents(), caller, position, limit))
