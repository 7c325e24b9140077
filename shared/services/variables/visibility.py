"""Which stored values, variables and changes a caller can see: the one rule for every API.

A value has the audience of the definition that owns its slot, also after that definition was
deleted. The slot index of the account has the audiences, so that no definition is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from shared.domain.accounts import Caller
from shared.domain.variables import ContextType, Definition, StoredValue

if TYPE_CHECKING:
    from shared.domain.changes import ActivityEntry


def visible_values(caller: Caller, values: Iterable[StoredValue]) -> tuple[StoredValue, ...]:
    """Return the values that the caller can see, in their order."""
    return tuple(value for value in values if caller.sees(value.audience))


def visible_entries(caller: Caller, entries: Iterable[ActivityEntry]) -> list[ActivityEntry]:
    """Return the changes of variables that the caller can see, in their order."""
    return [entry for entry in entries if caller.sees(entry.change.audience)]


def visible_definitions(
    caller: Caller, context_types: Collection[ContextType], definitions: Iterable[Definition]
) -> list[Definition]:
    """Return the definitions of these context types that the caller can see, in their order."""
    return [
        each for each in definitions if each.context_type in context_types and caller.sees(each)
    ]
