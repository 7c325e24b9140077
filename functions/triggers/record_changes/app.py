"""Record contact changes from the table's stream, and publish them on the event bus."""

from collections.abc import Sequence

from shared.domain.changes import StreamChange
from shared.services.activity.changes import record_changes, record_changes_together
from shared.wiring.changes import activity_retention, bus, change_trigger, current_time
from shared.wiring.endpoints import activity


def _record_together(groups: Sequence[Sequence[StreamChange]]) -> None:
    record_changes_together(activity(), bus(), groups, activity_retention(), current_time())


@change_trigger("record_changes", _record_together)
def lambda_handler(changes: Sequence[StreamChange]) -> None:
    """Record and publish the changes of one contact."""
    record_changes(activity(), bus(), changes, activity_retention(), current_time())
