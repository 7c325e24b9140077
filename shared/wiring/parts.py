"""Adapters of the function that deletes unused parts. Each is created once."""

from functools import cache

from shared.domain.parts import UnusedParts
from shared.gateway.endpoint import error_facts
from shared.table.part_removal import PartRemoval, to_unused_parts
from shared.triggers.stream import StreamTrigger
from shared.wiring.endpoints import log, table


def part_trigger(name: str) -> StreamTrigger[UnusedParts]:
    """Create a trigger that processes the unused parts of each page in order.

    Args:
        name: The name of the trigger in logs.
    """
    # Create the client during initialization, outside of the first invocation.
    table()
    return StreamTrigger(name, log(), to_unused_parts, _page_of, error_facts)


@cache
def part_removal() -> PartRemoval:
    """Return what deletes parts."""
    return PartRemoval(table())


def _page_of(unused: UnusedParts) -> tuple[str, str]:
    return unused.partition, unused.page
