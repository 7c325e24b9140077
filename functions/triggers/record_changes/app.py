"""The table's stream: log what has changed on contacts, and tell it on the bus."""

from collections.abc import Sequence

from shared.change_wiring import activity_is_kept_for, bus, change_trigger
from shared.domain.changes import Change
from shared.services.changes import record_changes
from shared.wiring import activity


@change_trigger("record_changes")
def lambda_handler(changes: Sequence[Change]) -> None:
    """Log and tell the changes of one contact."""
    record_changes(activity(), bus(), changes, activity_is_kept_for())
