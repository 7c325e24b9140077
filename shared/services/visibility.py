"""Which stored values, variables and changes a caller can see: the one rule for every API.

A value has the audience of the definition that owns its slot, also after that definition was
deleted. The slot index of the account has the audiences, so that no definition is read.
"""

from collections.abc import Collection, Iterable

from shared.domain.changes import ActivityEntry
from shared.domain.model import Caller, ContextType, Definition, StoredValue
from shared.domain.ports import Definitions


def visible_values(caller: Caller, values: Iterable[StoredValue]) -> tuple[StoredValue, ...]:
    """Return the values that the caller can see, in their order."""
    return tuple(value for value in values if caller.sees(value.audience))


def visible_entries(caller: Caller, entries: Iterable[ActivityEntry]) -> list[ActivityEntry]:
    """Return the changes of variables that the caller can see, in their order."""
    return [entry for entry in entries if caller.sees(entry.change.audience)]


def visible_names(
    definitions: Definitions, caller: Caller, context_type: ContextType, names: Collection[str]
) -> frozenset[str]:
    """Return the names of variables whose values the caller can see.

    For messages that name variables but not their slots, such as events on the bus. Reads one item
    of the account, and what the names stand for only if the account has variables with an owner
    or a team. A name that stands for nothing is then hidden: its variable was renamed meanwhile.
    """
    if not definitions.slot_index(caller.account_id, context_type).audiences:
        return frozenset(names)
    found = definitions.find_by_names(caller.account_id, context_type, sorted(set(names)))
    return frozenset(name for name, each in found.items() if caller.sees(each.audience))


def visible_definitions(
    caller: Caller, context_types: Collection[ContextType], definitions: Iterable[Definition]
) -> list[Definition]:
    """Return the definitions of these context types that the caller can see, in their order."""
    return [
        each for each in definitions if each.context_type in context_types and caller.sees(each)
    ]
