"""Adapters of endpoints that list definitions, and of the record of unknown names."""

from functools import cache

from shared.table.definition_pages import DefinitionPageTable
from shared.table.unknown_names import UnknownNameTable
from shared.table.value_counts import ValueCountTable
from shared.wiring.endpoints import table


@cache
def definition_pages() -> DefinitionPageTable:
    """Return the pages of definitions."""
    return DefinitionPageTable(table())


@cache
def unknown_names() -> UnknownNameTable:
    """Return the record of names that writes were refused for."""
    return UnknownNameTable(table())


@cache
def value_counts() -> ValueCountTable:
    """Return how many contacts have a value of each variable."""
    return ValueCountTable(table())
