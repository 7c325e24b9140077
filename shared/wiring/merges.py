"""Adapters of the function that merges contacts. Each is created once."""

from functools import cache

from shared.services.contacts.merging import MergeStores
from shared.table.merges import MergeTable
from shared.wiring.endpoints import (
    contacts,
    definitions,
    suggestions_kept_for,
    table,
    value_stores,
)


@cache
def merge_stores() -> MergeStores:
    """Return the stores that a merge needs."""
    merges = MergeTable(table(), suggestions_kept_for())
    return MergeStores(merges, contacts(), definitions(), value_stores().records)
