"""The positions of stream readers, in a file.

They keep the promise of `DATA` that work in progress survives a kill.
"""

import json
import threading
from pathlib import Path

FILE_NAME = "positions.json"
_GIVEN_UP = "given up"


class Positions:
    """The last processed sequence number of each reader. It is thread-safe.

    Args:
        folder: The folder of the file. None keeps the positions in memory only.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE_NAME if folder else None
        self._numbers = read_positions(folder) if folder else {}
        self._writing = threading.Lock()

    def of(self, reader: str) -> int:
        """Return the last sequence number that a reader has processed, or 0."""
        return self._numbers.get(reader, 0)

    def keep(self, reader: str, number: int) -> None:
        """Store that a reader has processed everything up to a sequence number.

        Raises:
            OSError: The file is not writable. The position is kept in memory.
        """
        with self._writing:
            self._numbers[reader] = number
            self._write()

    def keep_failed(self, number: int) -> None:
        """Keep failed records and all later ones in the stream for 24 hours.

        So they can be redriven after a restart too.

        Raises:
            OSError: The file is not writable. The position is kept in memory.
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
    """Read the positions in a folder. Return none if the file is missing or unreadable."""
    try:
        numbers = json.loads((folder / FILE_NAME).read_bytes())
        return {name: int(number) for name, number in numbers.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
