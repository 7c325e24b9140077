"""Describe the operations on agents in the native API, and their responses."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from openapi_documents.description import Group, JsonObject, Operation, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from shared.dialects.native import agent_requests
from shared.domain import errors
from shared.domain.agents import DEFAULT_DEADLINE_MS, MAX_AGENTS
from shared.domain.disclosure import Purpose
from shared.domain.errors import Fault, InvalidDeclaration
from shared.gateway.request_model import OBJECT, TEXT, nullable, object_of, optional
from shared.validation import agents
from shared.validation.names import MAX_NAME_CHARS

AGENT_ID = "agent_018f9c5b2a40123456789abcdef"

IF_MATCH = native.if_match('"2.9f86d081884c7d65"')

_LANGUAGE: JsonObject = {"pattern": f"^{agents.LANGUAGE.pattern}$"}


class AgentVariableShown(BaseModel):
    """A variable that an agent declares."""

    as_: str = member("The name that the agent gets", example="plan", alias="as")
    from_: str = member(
        "The variable; one of the business has the prefix `business.`",
        example="membership_level",
        alias="from",
    )
    fallback: str | None = member(
        "What the agent gets without a value and a default", example="a member"
    )


class VariablesOfPurposeShown(BaseModel):
    """All variables that may be read for a purpose, also those that are defined later."""

    purpose: Purpose = member(example="prompt")


class Agent(BaseModel):
    """What one AI agent reads about its callers."""

    id: str = member(example=AGENT_ID)
    name: str = member(example="Reception")
    variables: list[AgentVariableShown] | VariablesOfPurposeShown = member(
        "The declared variables, or the purpose of which it declares all"
    )
    language: str | None = member("The language tag of its calls", example="en")
    first_message: str | None = member(
        "What it says first, with `{{name}}` for declared variables", example="Hello {{first_name}}"
    )
    voice: str | None = member("The platform's id of a voice")
    settings: dict[str, dict[str, Any]] = member(
        "Settings for voice platforms, by platform", example={"vapi": {"assistantId": "asst_1"}}
    )
    deadline_ms: int = member(
        "The milliseconds in which it is answered", example=DEFAULT_DEADLINE_MS
    )
    created_at: datetime = member(example="2026-11-22T05:00:00.000Z")
    updated_at: datetime = member(example="2026-11-22T05:00:00.000Z")


AgentPatch = native.merge_patch_of(
    agent_requests.AgentCreation, "an agent", settings=optional(object_of(TEXT, nullable(OBJECT)))
)

_UNDECLARED = InvalidDeclaration.from_faults(
    [
        Fault("invalid_value", "'date' is reserved by voice platforms", ("variables", 0, "as")),
        Fault("undefined_variable", "there is no variable 'level'", ("variables", 1, "from")),
    ]
)

_OPERATIONS = {
    ("create_agent", "POST"): Operation(
        "Declares which variables an AI agent gets. Every fault of the declaration is "
        "reported at once: variables that the key does not see, names that are declared "
        "twice or reserved by voice platforms, placeholders of undeclared variables. "
        'With `{"purpose": "prompt"}` for `variables` it declares all variables that may be '
        "read for a purpose, also those that are defined later.",
        body=agent_requests.AgentCreation,
        response=Success("The agent", Agent, status=201, headers=native.TAGGED),
        errors=(_UNDECLARED, errors.ContextTooLarge(), errors.TooManyAgents(MAX_AGENTS)),
    ),
    ("list_agents", "GET"): native.listing(
        "agents", Agent, "Agents, oldest first.", "Lists the agents of the account, oldest first."
    ),
    ("get_agent", "GET"): Operation(
        "Returns an agent.", response=Success("The agent", Agent, headers=native.TAGGED)
    ),
    ("update_agent", "PATCH"): Operation(
        "Applies a merge patch (RFC 7396). `variables` are replaced as a whole, `settings` "
        "are merged.",
        body=AgentPatch,
        headers=(IF_MATCH,),
        response=Success("The changed agent", Agent, headers=native.TAGGED),
        errors=(_UNDECLARED, errors.ContextTooLarge()),
    ),
    ("delete_agent", "DELETE"): native.deletion(
        "an agent",
        AGENT_ID,
        "Deletes an agent without hooks.",
        headers=(IF_MATCH,),
        errors=(errors.AgentInUse(2),),
    ),
}

GROUP = Group(
    "Agents",
    "What each AI agent reads about its callers.",
    _OPERATIONS,
    path_parameters=(native.id_in_path("agent_id", AGENT_ID, errors.AgentNotFound),),
    limits={
        agent_requests.AgentCreation: {"properties": {"language": _LANGUAGE}},
        AgentPatch: {
            "properties": {
                "language": _LANGUAGE,
                "variables": {"description": "Replaces all variables"},
            }
        },
        agent_requests.AgentVariable: {
            "properties": {"from": {"minLength": 1, "maxLength": MAX_NAME_CHARS + len("business.")}}
        },
    },
)
