"""Files of JSON lines that survive a kill, for what ministack keeps in memory only.

A line is written completely or not at all, also on a disk that is full.
"""

import errno
import json
import os
from collections.abc import Sequence
from io import FileIO
from pathlib import Path
from typing import Any


class DataError(Exception):
    """The data folder is not usable. The message is a sentence for the user."""


def append(file: FileIO, entries: Sequence[object]) -> None:
    """Write complete lines, or nothing and raise OSError."""
    lines = b"".join(json.dumps(entry).encode("ascii") + b"\n" for entry in entries)
    end, written = file.tell(), 0
    try:
        written = file.write(lines)
    finally:
        if written != len(lines):
            cut(file, end)
    # A disk that is nearly full stores a part of a line without an error.
    if written != len(lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def cut(file: FileIO, end: int) -> None:
    """Remove everything after a position."""
    file.truncate(end)
    file.seek(end)


def begin(path: Path, entries: Sequence[object]) -> FileIO:
    """Replace a file by one with these entries, and return it for further ones.

    Raises:
        OSError: The new file can't be written. The old one stays.
    """
    temporary = path.with_suffix(".tmp")
    file = temporary.open("wb", buffering=0)
    append(file, entries)
    temporary.replace(path)
    return file


def read_lines(path: Path) -> list[Any]:
    """Read the entries of a file; none if it does not exist.

    Raises:
        ValueError: A line is not JSON.
    """
    if not path.exists():
        return []
    # The part after the last line break is an incomplete write of a killed process.
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
