"""Bodies of requests about agents."""

import json
from itertools import islice
from typing import Any, Self, cast

from shared.dialects.native.agent_responses import agent_document
from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.domain.agents import (
    DEFAULT_DEADLINE_MS,
    Agent,
    AgentDraft,
    DeclaredVariable,
    Origin,
)
from shared.domain.disclosure import Purpose
from shared.domain.errors import MAX_FAULTS, Fault, InvalidRequest
from shared.domain.json_values import JsonObject
from shared.gateway.request import Request, validate_with_all_faults
from shared.gateway.request_model import (
    ANY,
    INTEGER,
    TEXT,
    RequestModel,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    list_of,
    list_or_object,
    nested,
    object_of,
    optional,
    required,
    text,
)
from shared.validation import agents
from shared.validation.merge_patch import apply_merge_patch

_WRITABLE = ("name", "variables", "language", "first_message", "voice", "settings", "deadline_ms")


def _language_fault(tag: str) -> str | None:
    if agents.LANGUAGE.fullmatch(tag):
        return None
    return "it must be a language tag, such as en or es-MX"


def _settings_fault(settings: JsonObject) -> str | None:
    if len(json.dumps(settings).encode()) > agents.MAX_SETTINGS_BYTES:
        return f"it is larger than {agents.MAX_SETTINGS_BYTES:,} bytes"
    return None


_OBJECT = object_of(TEXT, ANY)
_SETTINGS = object_of(
    text(min_length=1, max_length=40), _OBJECT, max_length=agents.MAX_SETTING_PLATFORMS
)
_NAME = text(min_length=1, max_length=agents.MAX_AGENT_NAME_CHARS)
_LANGUAGE = after_validator(_language_fault, text(max_length=agents.MAX_LANGUAGE_CHARS))
_DEADLINE = before_validator(
    as_integer, {**INTEGER, "ge": agents.MIN_DEADLINE_MS, "le": agents.MAX_DEADLINE_MS}
)


class AgentVariable(RequestModel, closed=True):
    """A variable that an agent declares. Without `as` it has the name of the variable."""

    origin: str = required(after_validator(agents.origin_fault, TEXT), "from")
    name: str | None = optional(text(min_length=1), "as")
    fallback: str | None = optional(text(max_length=agents.MAX_FALLBACK_CHARS))

    def declared(self) -> DeclaredVariable:
        """Return the declared variable. Without `as` it has the name of the variable."""
        # The model accepts no other text.
        origin = cast("Origin", agents.origin_of(self.origin))
        return DeclaredVariable(self.name or origin.variable, origin, self.fallback)


class VariablesOfPurpose(RequestModel, closed=True):
    """All variables that may be read for a purpose, also those that are defined later."""

    purpose: Purpose = required(enum_of(Purpose))


class AgentCreation(RequestModel, closed=True):
    """The body that creates an agent."""

    name: str = required(_NAME)
    variables: list[AgentVariable] | VariablesOfPurpose = defaulted(
        list_or_object(
            list_of(nested(AgentVariable), max_length=agents.MAX_DECLARED_VARIABLES),
            VariablesOfPurpose,
        ),
        (),
    )
    language: str | None = optional(_LANGUAGE)
    first_message: str | None = optional(text(max_length=agents.MAX_FIRST_MESSAGE_CHARS))
    voice: str | None = optional(text(min_length=1, max_length=agents.MAX_VOICE_CHARS))
    settings: dict[str, Any] = defaulted(after_validator(_settings_fault, _SETTINGS), {})
    deadline_ms: int = defaulted(_DEADLINE, DEFAULT_DEADLINE_MS)

    @classmethod
    def draft_of(cls, request: Request) -> AgentDraft:
        """Parse the agent to create; raises InvalidRequest with all faults."""
        return request.parse_with_all_faults(cls, MAX_BODY_BYTES).draft()

    def draft(self) -> AgentDraft:
        """Return the agent of the body."""
        given = self.variables
        of_purpose = given if isinstance(given, VariablesOfPurpose) else None
        listed = () if isinstance(given, VariablesOfPurpose) else given
        return AgentDraft(
            name=self.name,
            variables=tuple(each.declared() for each in listed),
            purpose=of_purpose.purpose if of_purpose else None,
            language=self.language,
            first_message=self.first_message,
            voice=self.voice,
            settings=self.settings,
            deadline_ms=self.deadline_ms,
        )


class AgentPatch:
    """A merge patch of an agent.

    Source: RFC 7396, "JSON Merge Patch".
    """

    def __init__(self, patch: JsonObject) -> None:
        self._patch = patch

    @classmethod
    def of(cls, request: Request) -> Self:
        """Parse the patch. Raises InvalidRequest for members that an agent does not have."""
        patch = request.json_object(MAX_BODY_BYTES)
        unknown = islice((name for name in patch if name not in _WRITABLE), MAX_FAULTS + 1)
        faults = [
            Fault("unknown_member", "Extra inputs are not permitted", (name,)) for name in unknown
        ]
        if faults:
            raise InvalidRequest.from_faults(faults)
        return cls(patch)

    def apply(self, agent: Agent) -> AgentDraft:
        """Return the changed agent; raises InvalidRequest with all faults."""
        document = agent_document(agent)
        before = {name: document[name] for name in _WRITABLE}
        merged: Any = apply_merge_patch(before, self._patch)
        if self._patch.get("variables") is not None:
            # They are replaced as a whole, also where both are objects.
            merged["variables"] = self._patch["variables"]
        return validate_with_all_faults(AgentCreation, merged).draft()
