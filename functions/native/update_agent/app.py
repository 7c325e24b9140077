"""PATCH /v1/agents/{agent_id}: change an agent."""

from shared.dialects.native.agent_requests import AgentPatch
from shared.dialects.native.agent_responses import agent_shown, agent_tag
from shared.dialects.native.dialect import NATIVE, WRITE_AGENTS
from shared.dialects.native.variable_requests import condition_of
from shared.domain.accounts import Caller
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.services.agents.administration import update_agent
from shared.wiring.agents import agents
from shared.wiring.endpoints import endpoint


@endpoint(NATIVE, WRITE_AGENTS)
def lambda_handler(request: Request, caller: Caller) -> Response:
    """Apply a merge patch to the agent of the path."""
    condition = condition_of(request)
    change = AgentPatch.of(request).apply
    agent_id = request.path("agent_id")
    return agent_shown(update_agent(agents(), caller, agent_id, change, condition, agent_tag))
