"""How far each reader of a stream has come, in a file."""

import json
import threading
from pathlib import Path

FILE_NAME = "positions.json"
_GIVEN_UP = "given up"


class Positions:
    """The sequence numbers that readers have dealt with, by the reader's name.

    Readers run in threads of their own, and share it.

    Args:
        folder: where they survive; None keeps them in memory only.

    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE_NAME if folder else None
        self._numbers = read_positions(folder) if folder else {}
        self._writing = threading.Lock()

    def of(self, reader: str) -> int:
        """Return the last sequence number that a reader has dealt with; 0 before its first."""
        return self._numbers.get(reader, 0)

    def keep(self, reader: str, number: int) -> None:
        """Note that a reader has dealt with everything up to a sequence number.

        Raises:
            OSError: it can't be written, and is known until the process ends.

        """
        with self._writing:
            self._numbers[reader] = number
            self._write()

    def keep_given_up(self, number: int) -> None:
        """Let the stream keep what was given up, and all behind it, for its day.

        It can then be tried again after a stop as well.

        Raises:
            OSError: it can't be written, and is known until the process ends.

        """
        with self._writing:
            self._numbers.setdefault(_GIVEN_UP, number - 1)
            self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps({name: str(at) for name, at in self._numbers.items()}))
        temporary.replace(self._path)


def read_positions(folder: Path) -> dict[str, int]:
    """Return what a folder tells; nothing when it tells nothing that can be read."""
    try:
        numbers = json.loads((folder / FILE_NAME).read_bytes())
        return {name: int(number) for name, number in numbers.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
