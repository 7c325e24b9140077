"""The latest events of the embedded engine's buses, for the console.

An import produces thousands of events. They are not kept in a queue, because ministack scans all
messages of a queue on each request.
docs/triggers.md shows the lines.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

_MAX_EVENTS: Final = 100
"""Maximum of events that are kept in full. Further events are counted by type."""


class BusLog:
    """The events since the previous `take`."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._more: Counter[str] = Counter()

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Add events in the format of ministack."""
        for record in records:
            kind = record["DetailType"]
            if len(self._events) < _MAX_EVENTS:
                event = {"detail-type": kind, "detail": json.loads(record["Detail"])}
                self._events.append(event)
            else:
                self._more[kind] += 1

    def take(self) -> dict[str, Any]:
        """Return and clear the events, with the count of further events by type."""
        processed = {"Events": self._events, "More": dict(self._more)}
        self._events, self._more = [], Counter()
        return processed
