"""Adapters of functions that process the table's stream. Each is created once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from shared.adapters.event_bus import EventBus
from shared.domain.changes import StreamChange
from shared.gateway.endpoint import error_facts
from shared.runtime.config import Settings
from shared.table.stream import to_change
from shared.triggers.stream import StreamTrigger
from shared.wiring.endpoints import CLIENT_CONFIG, aws_client, log, table


def change_trigger(
    name: str, process_together: Callable[[Sequence[Sequence[StreamChange]]], None]
) -> StreamTrigger[StreamChange]:
    """Create a trigger that processes the changes of each contact in order.

    Args:
        name: The name of the trigger in logs.
        process_together: Processes the changes of several contacts in fewer requests.
    """
    # Create the clients during initialization, outside of the first invocation.
    table()
    bus()
    return StreamTrigger(name, log(), to_change, _contact_of, error_facts, process_together)


@cache
def bus() -> EventBus:
    """Return the event bus."""
    client = aws_client("events", CLIENT_CONFIG)
    return EventBus(client, Settings.from_env().require("event_bus_name"))


def activity_retention() -> timedelta:
    """Return how long changes stay in the activity log."""
    return timedelta(days=Settings.from_env().activity_days)


def current_time() -> datetime:
    """Return the time at which changes are published."""
    return datetime.now(UTC)


def _contact_of(change: StreamChange) -> tuple[str, int]:
    return change.account_id, change.contact_id
