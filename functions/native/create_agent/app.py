"""POST /v1/agents: create an agent."""

from shared.dialects.native.agent_requests import AgentCreation
from shared.dialects.native.agent_responses import agent_created
from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.administration import create_agent
from shared.wiring.agents import agents
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Create the agent of the body."""
    draft = AgentCreation.draft_of(request)
    return agent_created(create_agent(agents(), caller, draft))
