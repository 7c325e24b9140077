"""Describe the operations on agents in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/agent_responses.py`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Parameter, Success
from openapi_documents.examples import EVENT
from openapi_documents.native.request_terms import if_match
from openapi_documents.native.responses import ETAG, PAGING, Page
from shared.dialects.native import agent_requests
from shared.domain import errors
from shared.domain.agents import DEFAULT_DEADLINE_MS, MAX_AGENTS
from shared.domain.disclosure import Purpose
from shared.domain.errors import Fault, InvalidDeclaration, InvalidRequest
from shared.validation import agents
from shared.validation.names import MAX_NAME_CHARS

AGENT_ID = "agent_018f9c5b2a40123456789abcdef"

PATH_PARAMETERS = (
    Parameter(
        "agent_id",
        "The id of the agent",
        example=AGENT_ID,
        error_responses=(errors.AgentNotFound(AGENT_ID),),
    ),
)

IF_MATCH = if_match('"2.9f86d081884c7d65"')

_LANGUAGE: JsonObject = {"pattern": f"^{agents.LANGUAGE.pattern}$"}

LIMITS: dict[Model, JsonObject] = {
    agent_requests.AgentCreation: {"properties": {"language": _LANGUAGE}},
    agent_requests.AgentVariable: {
        "properties": {"from": {"minLength": 1, "maxLength": MAX_NAME_CHARS + len("business.")}}
    },
}


class AgentVariableShown(BaseModel):
    """A variable that an agent declares."""

    as_: str = Field(alias="as", description="The name that the agent gets", examples=["plan"])
    from_: str = Field(
        alias="from",
        description="The variable; one of the business has the prefix `business.`",
        examples=["membership_level"],
    )
    fallback: str | None = Field(
        description="What the agent gets without a value and a default", examples=["a member"]
    )


class VariablesOfPurposeShown(BaseModel):
    """All variables that may be read for a purpose, also those that are defined later."""

    purpose: Purpose = Field(examples=["prompt"])


class VariablesOfPurposePatch(BaseModel):
    """All variables that may be read for a purpose, in place of a list."""

    model_config = {"extra": "forbid"}

    purpose: Purpose


class Agent(BaseModel):
    """What one AI agent reads about its callers."""

    id: str = Field(examples=[AGENT_ID])
    name: str = Field(examples=["Reception"])
    variables: list[AgentVariableShown] | VariablesOfPurposeShown = Field(
        description="The declared variables, or the purpose of which it declares all"
    )
    language: str | None = Field(description="The language tag of its calls", examples=["en"])
    first_message: str | None = Field(
        description="What it says first, with `{{name}}` for declared variables",
        examples=["Hello {{first_name}}"],
    )
    voice: str | None = Field(description="The platform's id of a voice", examples=[None])
    settings: dict[str, dict[str, Any]] = Field(
        description="Settings for voice platforms, by platform",
        examples=[{"vapi": {"assistantId": "asst_1"}}],
    )
    deadline_ms: int = Field(
        description="The milliseconds in which it is answered", examples=[DEFAULT_DEADLINE_MS]
    )
    created_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])
    updated_at: datetime = Field(examples=["2026-11-22T05:00:00.000Z"])


class AgentPatchVariable(BaseModel):
    """A variable that an agent declares. Without `as` it has the name of the variable."""

    model_config = {"extra": "forbid"}

    from_: str = Field(alias="from", min_length=1, max_length=MAX_NAME_CHARS)
    as_: str | None = Field(default=None, alias="as", min_length=1)
    fallback: str | None = Field(default=None, max_length=agents.MAX_FALLBACK_CHARS)


class AgentPatch(BaseModel):
    """A merge patch (RFC 7396) of an agent. Null removes a member."""

    model_config = {"extra": "forbid"}

    name: Annotated[str, Field(min_length=1, max_length=agents.MAX_AGENT_NAME_CHARS)] = ""
    variables: Annotated[
        list[AgentPatchVariable] | VariablesOfPurposePatch | None,
        Field(description="Replaces all variables"),
    ] = None
    language: Annotated[
        str | None, Field(pattern=f"^{agents.LANGUAGE.pattern}$", max_length=35)
    ] = None
    first_message: Annotated[str | None, Field(max_length=agents.MAX_FIRST_MESSAGE_CHARS)] = None
    voice: Annotated[str | None, Field(min_length=1, max_length=agents.MAX_VOICE_CHARS)] = None
    settings: dict[str, dict[str, Any] | None] | None = None
    deadline_ms: Annotated[
        int | None, Field(ge=agents.MIN_DEADLINE_MS, le=agents.MAX_DEADLINE_MS)
    ] = None


class AgentList(Page[Agent]):
    """Agents, oldest first."""


class AgentDeleted(BaseModel):
    """An agent was deleted."""

    id: str = Field(examples=[AGENT_ID])
    deleted: Literal[True]


_BAD_BODY = InvalidRequest.from_faults([Fault("required", "it is required", ("name",))])
_UNDECLARED = InvalidDeclaration.from_faults(
    [
        Fault("invalid_value", "'date' is reserved by voice platforms", ("variables", 0, "as")),
        Fault("undefined_variable", "there is no variable 'level'", ("variables", 1, "from")),
    ]
)

_OPERATIONS = {
    ("create_agent", "POST"): Operation(
        summary="Create an agent",
        description=(
            "Declares which variables an AI agent gets. Every fault of the declaration is "
            "reported at once: variables that the key does not see, names that are declared "
            "twice or reserved by voice platforms, placeholders of undeclared variables. "
            'With `{"purpose": "prompt"}` for `variables` it declares all variables that may be '
            "read for a purpose, also those that are defined later."
        ),
        body=agent_requests.AgentCreation,
        examples={"reception": EVENT},
        response=Success("The agent", Agent, status=201, headers={"ETag": ETAG}),
        error_responses=(
            *(_BAD_BODY, _UNDECLARED, errors.ContextTooLarge()),
            errors.TooManyAgents(MAX_AGENTS),
        ),
    ),
    ("list_agents", "GET"): Operation(
        summary="List agents",
        description="Lists the agents of the account, oldest first.",
        parameters=PAGING,
        response=Success("One page of agents", AgentList),
    ),
    ("get_agent", "GET"): Operation(
        summary="Get an agent",
        description="Returns an agent.",
        response=Success("The agent", Agent, headers={"ETag": ETAG}),
    ),
    ("update_agent", "PATCH"): Operation(
        summary="Change an agent",
        description=(
            "Applies a merge patch (RFC 7396). `variables` are replaced as a whole, `settings` "
            "are merged."
        ),
        body=AgentPatch,
        examples={"language": EVENT},
        headers=(IF_MATCH,),
        response=Success("The changed agent", Agent, headers={"ETag": ETAG}),
        error_responses=(_BAD_BODY, _UNDECLARED, errors.ContextTooLarge()),
    ),
    ("delete_agent", "DELETE"): Operation(
        summary="Delete an agent",
        description="Deletes an agent without hooks.",
        headers=(IF_MATCH,),
        response=Success("It was deleted", AgentDeleted),
        error_responses=(errors.AgentInUse(2),),
    ),
}

GROUP = Group("Agents", "What each AI agent reads about its callers.", _OPERATIONS)
