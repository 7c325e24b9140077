"""Adapters of endpoints that list definitions."""

from functools import cache

from shared.table.definition_pages import DefinitionPageTable
from shared.wiring.endpoints import table


@cache
def definition_pages() -> DefinitionPageTable:
    """Return the pages of definitions."""
    return DefinitionPageTable(table())
