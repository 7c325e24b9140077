"""Adapters of functions that manage API keys. Each is created once."""

from functools import cache

from shared.table.api_keys import ApiKeyTable
from shared.wiring.endpoints import table


@cache
def api_keys() -> ApiKeyTable:
    """Return the storage of API keys for those who manage them."""
    return ApiKeyTable(table())
