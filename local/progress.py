"""Tell how far a command is that takes longer than a moment."""

import sys
from time import monotonic

_SECONDS = 2.0


class ProgressLines:
    """Prints a line to standard error at most every two seconds, the first one after two."""

    def __init__(self) -> None:
        self._next_at = monotonic() + _SECONDS

    def show(self, line: str) -> None:
        """Print a line unless the last one was printed a moment ago."""
        if monotonic() < self._next_at:
            return
        self._next_at = monotonic() + _SECONDS
        print(line, file=sys.stderr, flush=True)
