"""Responses to requests about agents."""

from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.domain.agents import Agent, AgentPage, DeclaredVariable
from shared.domain.entity_tags import EntityTag, digest_of
from shared.gateway.response import Response
from shared.validation.agents import to_text


def agent_created(agent: Agent) -> Response:
    """Build the response to the creation of an agent."""
    return Response(201, agent_document(agent), {"etag": agent_tag(agent)})


def agent_shown(agent: Agent) -> Response:
    """Build the response to a request for an agent, or to a change of it."""
    return Response(200, agent_document(agent), {"etag": agent_tag(agent)})


def agent_list(found: AgentPage) -> Response:
    """Build the response to a request for the agents of an account."""
    return page([agent_document(each) for each in found.agents], found.following, Listed.AGENTS)


def agent_deleted(agent_id: str) -> Response:
    """Build the response to the deletion of an agent."""
    return Response(200, {"id": agent_id, "deleted": True})


def agent_tag(agent: Agent) -> str:
    """Return the entity tag of an agent."""
    return str(EntityTag(str(agent.version), digest_of(agent_document(agent).items())))


def agent_document(agent: Agent) -> dict[str, Any]:
    """Build the JSON document of an agent."""
    return {
        "id": agent.agent_id,
        "name": agent.name,
        "variables": _variables(agent),
        "language": agent.language,
        "first_message": agent.first_message,
        "voice": agent.voice,
        "settings": dict(agent.settings),
        "deadline_ms": agent.deadline_ms,
        "created_at": format_instant(agent.created_at),
        "updated_at": format_instant(agent.updated_at),
    }


def _variables(agent: Agent) -> list[dict[str, Any]] | dict[str, Any]:
    if agent.purpose is not None:
        return {"purpose": agent.purpose}
    return [_variable(each) for each in agent.variables]


def _variable(variable: DeclaredVariable) -> dict[str, Any]:
    return {
        "as": variable.name,
        "from": to_text(variable.origin),
        "fallback": variable.fallback,
    }
