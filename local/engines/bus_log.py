"""The last events of the embedded engine's buses, for the console.

A queue of them would hold thousands while a file is imported, and ministack goes through all
messages of a queue for each request.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

_MAX_EVENTS: Final = 100
"""Events that are kept whole; of the others, the number of each type."""


class BusLog:
    """The events since the last time that they were taken."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._more: Counter[str] = Counter()

    def add(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Add events as ministack has them."""
        for record in records:
            kind = record["DetailType"]
            if len(self._events) < _MAX_EVENTS:
                event = {"detail-type": kind, "detail": json.loads(record["Detail"])}
                self._events.append(event)
            else:
                self._more[kind] += 1

    def take(self) -> dict[str, Any]:
        """Return the events, and how many more there were of each type; then forget them."""
        processed = {"Events": self._events, "More": dict(self._more)}
        self._events, self._more = [], Counter()
        return processed
