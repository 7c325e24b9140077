"""DELETE /v1/agents/{agent_id}: delete an agent."""

from shared.dialects.native.agent_responses import agent_deleted, agent_tag
from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.administration import delete_agent
from shared.wiring.agents import agents, hooks
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Delete the agent of the path."""
    condition, agent_id = condition_of(request), request.path("agent_id")
    delete_agent(agents(), hooks(), caller, agent_id, condition, agent_tag)
    return agent_deleted(agent_id)
