"""GET /v1/agents/{agent_id}: get an agent."""

from shared.dialects.native.agent_responses import agent_shown
from shared.dialects.native.dialect import NATIVE, READ_AGENTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.administration import get_agent
from shared.wiring.agents import agents
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, READ_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Return the agent of the path."""
    return agent_shown(get_agent(agents(), caller, request.path("agent_id")))
