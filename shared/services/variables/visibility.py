"""Filter values, definitions and changes by what the caller sees; every API uses these filters.

A value has the audience of the definition that owns its slot, even after the definition was
deleted. The audiences are in the slot index of the account, so filtering reads no definitions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType, Definition
from shared.domain.values import StoredValue

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
