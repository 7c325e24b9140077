"""Adapters of the functions that list contacts. Each is created once."""

from functools import cache

from shared.table.contact_index import ContactIndexTable
from shared.wiring.endpoints import table


@cache
def contact_index() -> ContactIndexTable:
    """Return what finds pages of large lists."""
    return ContactIndexTable(table())
