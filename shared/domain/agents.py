"""Agents: what one AI agent reads about its callers, and the port that stores them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.domain.accounts import Audience
from shared.domain.definitions import ContextType, Definition
from shared.domain.disclosure import Purpose
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass

DEFAULT_DEADLINE_MS = 1200
"""The milliseconds in which an agent is answered, unless it says otherwise."""

MAX_AGENTS = 100
"""The most agents of an account; each new one reads all of them."""


class Origin(NamedTuple):
    """A variable of a contact or of the business."""

    context_type: ContextType
    variable: str


@dataclass(frozen=True, slots=True)
class DeclaredVariable:
    """A variable that an agent declares.

    Attributes:
        name: The name under which the agent gets it.
        origin: The variable that it is.
        fallback: What the agent gets if there is neither a value nor a default.
    """

    name: str
    origin: Origin
    fallback: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDraft:
    """An agent without an id.

    Attributes:
        variables: The variables that the agent declares, in its order.
        purpose: What it declares all variables for, in place of a list. They are those that there
            are when it is asked.
        language: The language tag of its calls. None for what the platform is set to.
        first_message: What it says first, with `{{name}}` for declared variables.
        voice: The platform's id of a voice.
        settings: Settings for platforms, by platform.
        deadline_ms: The milliseconds in which it is answered.
    """

    name: str
    variables: tuple[DeclaredVariable, ...] = ()
    purpose: Purpose | None = None
    language: str | None = None
    first_message: str | None = None
    voice: str | None = None
    settings: Mapping[str, JsonObject] = field(default_factory=dict)
    deadline_ms: int = DEFAULT_DEADLINE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent(AgentDraft):
    """A stored agent.

    Attributes:
        newest_hook: The id of a hook that was made for it. Every new hook writes it, so that an
            agent is not deleted while a hook is made. None without hooks, or in earlier items.
    """

    agent_id: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    newest_hook: str | None = None


@dataclass(frozen=True, slots=True)
class CompiledAgent:
    """An agent with the definitions of its variables.

    Attributes:
        definitions: The definitions of declared variables, or all for the purpose of the agent.
            Omits those that were deleted.
        generation: The generation of the account head that the definitions are as of.
        definitions_version: The version of the definitions in that head.
    """

    agent: Agent
    definitions: Mapping[Origin, Definition]
    generation: str = ""
    definitions_version: int = 0


@dataclass(frozen=True, slots=True)
class AgentPage:
    """A page of agents, and the id after which the next page starts, None on the last."""

    agents: Sequence[Agent]
    following: str | None


class Agents(Protocol):
    """Stores agents."""

    def find(self, account_id: str, agent_id: str) -> Agent | None:
        """Return an agent, or None. Strongly consistent."""

    def find_compiled(self, account_id: str, agent_id: str) -> CompiledAgent | None:
        """Return an agent with its definitions as of the account head, or None."""

    def remembered(self, account_id: str, agent_id: str) -> CompiledAgent | None:
        """Return an agent as this function knows it, without a read. It may have changed."""

    def definitions_of(
        self, account_id: str, variables: Sequence[DeclaredVariable]
    ) -> Mapping[Origin, Definition]:
        """Return the definitions of variables. Omits variables without one."""

    def definitions_for(self, account_id: str, purpose: Purpose) -> Mapping[Origin, Definition]:
        """Return all definitions of contacts and the business for a purpose, oldest first."""

    def audiences_of(
        self, account_id: str, variables: Sequence[DeclaredVariable]
    ) -> Mapping[Origin, Audience]:
        """Return who sees variables, deleted ones included."""

    def page(self, account_id: str, after: str | None, limit: int) -> AgentPage:
        """Return a page of agents, oldest first.

        Args:
            account_id: The account.
            after: The id of the last agent of the previous page. None starts at the first.
            limit: The most agents of the page.
        """

    def count(self, account_id: str) -> int:
        """Return how many agents an account has."""

    def add(self, account_id: str, agent: Agent) -> None:
        """Store a new agent.

        Raises:
            WriteConflict: An agent with this id exists.
        """

    def replace(self, account_id: str, agent: Agent) -> None:
        """Store a changed agent.

        Raises:
            WriteConflict: The stored version is not the one before.
        """

    def delete(self, account_id: str, agent: Agent) -> None:
        """Delete an agent.

        Raises:
            WriteConflict: The stored version is another one, or a hook was made for it since.
        """
