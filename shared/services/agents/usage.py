"""Count the agents that declare a variable."""

from shared.domain.accounts import Caller
from shared.domain.agents import Agents, Origin
from shared.domain.definitions import Definition

_READ_AT_ONCE = 100


def agents_that_declare(
    agents: Agents, caller: Caller, definition: Definition, *, is_wanted: bool
) -> int | None:
    """Return how many agents of the account declare a variable; None, unread, if not wanted.

    Agents declare variables by name. The count reads all agents of the account.
    """
    if not is_wanted:
        return None
    origin, count, after = Origin(definition.context_type, definition.name), 0, None
    while True:
        page = agents.page(caller.account_id, after, _READ_AT_ONCE)
        count += sum(any(each.origin == origin for each in one.variables) for one in page.agents)
        after = page.following
        if after is None:
            return count
