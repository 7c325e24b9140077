"""Calls that a voice platform announces, and the variables that its agent gets for one."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from shared.domain.disclosure import Assurance
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass


class MessageKind(StrEnum):
    """What a message of a voice platform asks for."""

    RESOLVE = "resolve"
    """The variables of a call that begins."""
    TOOLS = "tools"
    """Tool calls of the agent during a call."""
    NOTICE = "notice"
    """Nothing: the platform reports, and only wants an acknowledgement."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool by an agent.

    Attributes:
        id: The platform's id of the call, which the result repeats.
        name: The name of the tool.
        arguments: The arguments, by name.
    """

    id: str
    name: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a tool call.

    Attributes:
        call: The tool call.
        result: The result. None if the call failed.
        error: Why the call failed, in one line that an agent can act on. None if it did not.
    """

    call: ToolCall
    result: JsonValue = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class PlatformMessage:
    """A message of a voice platform, read from its own shape.

    Attributes:
        kind: What the message asks for.
        call_id: The platform's id of the call. None if the message has none.
        caller: The caller's phone number or SIP address as the platform sent it. None if withheld.
        called: The called number as the platform sent it. None if the message has none.
        assurance: What the platform verified about the caller.
        tools: The tool calls of a message of the kind `TOOLS`.
        echo: Members of the request that the response has to repeat.
    """

    kind: MessageKind
    call_id: str | None = None
    caller: str | None = None
    called: str | None = None
    assurance: Assurance = Assurance.NUMBER_MATCH
    tools: tuple[ToolCall, ...] = ()
    echo: Mapping[str, JsonValue] = field(default_factory=dict)


class VariableState(StrEnum):
    """Why a declared variable has the value that an agent gets."""

    SET = "set"
    DEFAULT = "default"
    FALLBACK = "fallback"
    UNSET = "unset"
    STALE = "stale"
    WITHHELD = "withheld"
    UNAVAILABLE = "unavailable"
    """Storage did not answer within the deadline."""


@dataclass(frozen=True, slots=True)
class ResolvedVariable:
    """A variable that an agent declares, with what it gets for it.

    Attributes:
        name: The name that the agent declares.
        value: The value, its default or its fallback. None if there is none of them.
        state: Where the value comes from.
        reason: Why the value is withheld. None if it is not.
        question: What the agent asks the caller for. None if it has nothing to ask.
        when_stale: What the agent does with a stale value. None if it just uses it.
    """

    name: str
    value: JsonValue
    state: VariableState
    reason: str | None = None
    question: str | None = None
    when_stale: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an agent gets for one call.

    Attributes:
        call: Our id of the call. None if the call has no id.
        contact_id: The contact id as APIs show it. None if the caller is unknown.
        variables: Every variable that the agent declares, in its order.
        first_message: What the agent says first. None for what the platform is set to.
        voice: The platform's id of a voice. None for what the platform is set to.
        language: The language tag of the call. None for what the platform is set to.
        settings: The agent's settings for the platform, such as an assistant id.
        may_ask: Whether the agent has variables with questions, asked in this call or not.
        has_agent: Whether the agent is known. Without it, no declared name is.
    """

    call: str | None
    contact_id: str | None
    variables: tuple[ResolvedVariable, ...]
    first_message: str | None = None
    voice: str | None = None
    language: str | None = None
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    may_ask: bool = False
    has_agent: bool = True

    @property
    def complete(self) -> bool:
        """Whether storage answered for every variable."""
        states = [each.state for each in self.variables]
        return self.has_agent and VariableState.UNAVAILABLE not in states

    @property
    def text_size(self) -> int:
        """The characters of all values that are texts."""
        return sum(len(each.value) for each in self.variables if isinstance(each.value, str))


NOTHING = Resolution(None, None, (), has_agent=False)
"""The resolution for an unknown agent."""
