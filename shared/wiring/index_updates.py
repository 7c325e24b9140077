"""Adapters of the function that keeps the contact index. Each is created once."""

from functools import cache

from shared.domain.contact_index import IndexChange
from shared.gateway.endpoint import error_facts
from shared.runtime.config import Settings
from shared.table.index_updates import IndexUpdates, to_index_change
from shared.triggers.stream import StreamTrigger
from shared.wiring.endpoints import log, table


def index_trigger(name: str) -> StreamTrigger[IndexChange]:
    """Create a trigger that indexes the changed contacts of each chunk together.

    Args:
        name: The name of the trigger in logs.
    """
    # Create the client during initialization, outside of the first invocation.
    table()
    return StreamTrigger(name, log(), to_index_change, _chunk_of, error_facts)


@cache
def index_updates() -> IndexUpdates:
    """Return what applies changes to the index."""
    return IndexUpdates(table(), Settings.from_env().max_contacts)


def _chunk_of(change: IndexChange) -> tuple[str, int]:
    return change.chunk
