"""Count the agents that declare a variable."""

from shared.domain.accounts import Caller
from shared.domain.agents import Agent, Agents, Origin
from shared.domain.definitions import ContextType, Definition

_READ_AT_ONCE = 100


def agents_that_declare(
    agents: Agents, caller: Caller, definition: Definition, *, is_wanted: bool
) -> int | None:
    """Return how many agents of the account declare a variable; None, unread, if not wanted.

    Agents declare variables by name, or all of a purpose. The count reads all agents.
    """
    if not is_wanted:
        return None
    count, after = 0, None
    while True:
        page = agents.page(caller.account_id, after, _READ_AT_ONCE)
        count += sum(_declares(each, definition) for each in page.agents)
        after = page.following
        if after is None:
            return count


def _declares(agent: Agent, definition: Definition) -> bool:
    if agent.purpose is not None:
        is_declarable = definition.context_type is not ContextType.CONVERSATION
        return is_declarable and agent.purpose in definition.purposes
    origin = Origin(definition.context_type, definition.name)
    return any(each.origin == origin for each in agent.variables)
