"""Print the events of the buses on the console.

docs/triggers.md shows the lines.
"""

from __future__ import annotations

import json
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

_POLL_SECONDS = 0.1
_SINGLE_LINES = 10
"""Maximum of lines a second, because an import produces thousands of events."""
_MAX_DETAIL = 500
"""Maximum of characters of a line, because an event may have 256 KB."""


class BusPrinter:
    """Prints the type and the detail of each event, or counts when there are many.

    Args:
        engine: A client of the embedded engine's own operations.
        log: Called with each line.
        stop: Set to stop.
    """

    def __init__(self, *, engine: Any, log: Callable[[str], None], stop: threading.Event) -> None:
        self._engine = engine
        self._lines = EventLines(log)
        self._stop = stop

    def run(self) -> None:
        """Print until stopped. Retry while the engine does not respond."""
        while not self._stop.wait(_POLL_SECONDS):
            try:
                processed = self._engine.take_events()
            except (BotoCoreError, ClientError):
                continue
            self._lines.print(processed["Events"], time.monotonic(), processed["More"])


class EventLines:
    """Prints the first events of each second in full, and counts the others."""

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._begun = -math.inf
        self._told = 0
        self._untold: Counter[str] = Counter()

    def print(
        self,
        events: Sequence[Mapping[str, Any]],
        now: float,
        more: Mapping[str, int] | None = None,
    ) -> None:
        """Print new events and count more of them by type.

        A call without events prints the pending counts.
        """
        if now - self._begun >= 1:
            for kind, count in self._untold.items():
                self._log(f"EVENTS {count} more x {kind}")
            self._begun, self._told = now, 0
            self._untold.clear()
        for event in events:
            self._told += 1
            if self._told > _SINGLE_LINES:
                self._untold[event["detail-type"]] += 1
            else:
                self._log(f"EVENT {event['detail-type']} {_shortened(event['detail'])}")
        self._untold.update(more or {})


def _shortened(detail: Any) -> str:
    text = json.dumps(detail, ensure_ascii=False)
    return text if len(text) <= _MAX_DETAIL else f"{text[:_MAX_DETAIL]}..."
