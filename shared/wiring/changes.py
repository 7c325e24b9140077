"""The adapters of functions that are started by a stream; each is made once."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache

from shared.adapters.event_bus import EventBus
from shared.domain.changes import Change
from shared.gateway.endpoint import anonymous
from shared.runtime.config import Settings
from shared.table.stream import to_change
from shared.triggers.stream import StreamTrigger
from shared.wiring.endpoints import CLIENT_CONFIG, aws_client, log, table


def change_trigger(
    name: str, take_together: Callable[[Sequence[Sequence[Change]]], None]
) -> StreamTrigger[Change]:
    """Make a Lambda handler for changes, of several contacts together or of one contact."""
    table()
    bus()
    return StreamTrigger(name, log(), to_change, _contact_of, anonymous, take_together)


@cache
def bus() -> EventBus:
    """The event bus of this function's environment."""
    client = aws_client("events", CLIENT_CONFIG)
    return EventBus(client, Settings.from_env().needed("event_bus_name"))


def activity_is_kept_for() -> timedelta:
    """How long a change stays in its contact's log."""
    return timedelta(days=Settings.from_env().activity_days)


def _contact_of(change: Change) -> tuple[str, int]:
    return change.account_id, change.contact_id
