"""What keeps the messages of ministack's queues over a stop, a crash or a kill.

Each message is in a file before the request that made it is answered, and each that has been
deleted is marked as gone; at a start, the messages that are left are there again as soon as their
queue is made.

What is guaranteed: a message that was taken survives a stop, a crash and `kill -9` of the process.
What is not: how often it was received, and how long it was to stay unseen; a message that was being
worked on is received again at once.
What an S3 bucket tells a queue may be lost when the process is killed in the same moment.
"""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, Final

from ministack.services import sqs  # type: ignore[import-untyped]

from local.engines.journal import JournalError

Messages = dict[str, dict[str, Any]]
"""Messages by their ids."""

Entry = tuple[str, str, Any]
"""`message` or `gone`, the queue, and the message or its id."""

_MIN_ENTRIES: Final = 10_000
_TOLERATED_RATIO: Final = 4


class QueueLog:
    """The log of one folder.

    Raises:
        JournalError: the log can't be read.
        OSError: the folder can't be used.

    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "queues.jsonl"
        self._kept = self._read()
        self._waiting = set(self._kept)
        self._file, self._entries = self._written()

    def record(self) -> None:
        """Write what has changed in the queues since the last time.

        Raises:
            OSError: the file can't be written; what has changed is written the next time.

        """
        queues = sqs._queues.all_values()  # noqa: SLF001 - it has no other way
        for queue in queues:
            if queue["name"] in self._waiting:
                self._give_back(queue)
        entries = [entry for queue in queues for entry in self._changes(queue)]
        if not entries:
            return
        _write(self._file, entries)
        self._entries += len(entries)
        for entry in entries:
            _apply(entry, self._kept)
        live = sum(map(len, self._kept.values()))
        if self._entries > max(_MIN_ENTRIES, _TOLERATED_RATIO * live):
            self._file.close()
            self._file, self._entries = self._written()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _changes(self, queue: dict[str, Any]) -> Iterator[Entry]:
        name, messages = queue["name"], queue["messages"]
        kept = self._kept.get(name, {})
        if _begin_with(kept, messages):
            for message in messages[len(kept) :]:
                yield "message", name, message
            return
        for message_id in kept.keys() - {message["id"] for message in messages}:
            yield "gone", name, message_id
        for message in messages:
            if message["id"] not in kept:
                yield "message", name, message

    def _give_back(self, queue: dict[str, Any]) -> None:
        """Put the messages of an earlier process into a queue that has just been made."""
        self._waiting.remove(queue["name"])
        queue["messages"] += [
            {**message, "visible_at": 0, "receipt_handle": None}
            for message in self._kept[queue["name"]].values()
        ]

    def _read(self) -> dict[str, Messages]:
        kept: dict[str, Messages] = {}
        if not self._path.exists():
            return kept
        try:
            # What comes after the last line break was torn by a kill in the middle of its write.
            for line in self._path.read_bytes().split(b"\n")[:-1]:
                kind, name, content = json.loads(line)
                _apply((kind, name, content), kept)
        except (ValueError, TypeError, LookupError) as error:
            message = (
                f"The data file {self._path} is broken: "
                "remove it to go on without the messages that were still to be handled."
            )
            raise JournalError(message) from error
        return kept

    def _written(self) -> tuple[FileIO, int]:
        """Write the log anew, with what is kept and nothing else; return it and its length."""
        entries = [
            ("message", name, message)
            for name, kept in self._kept.items()
            for message in kept.values()
        ]
        temporary = self._path.with_suffix(".tmp")
        file = temporary.open("wb", buffering=0)
        _write(file, entries)
        temporary.replace(self._path)
        return file, len(entries)


def _begin_with(kept: Messages, messages: Sequence[dict[str, Any]]) -> bool:
    """Tell, without going through them, whether messages are all that are kept and newer ones.

    A message comes behind all others, so the last one that is kept is in the same place only if
    none has gone.
    """
    if not kept:
        return True
    last = len(kept) - 1
    return last < len(messages) and messages[last]["id"] == next(reversed(kept))


def _write(file: FileIO, entries: Sequence[Entry]) -> None:
    """Write whole lines or, raising OSError, none."""
    lines = b"".join(json.dumps(entry).encode("ascii") + b"\n" for entry in entries)
    end, written = file.tell(), 0
    try:
        written = file.write(lines)
    finally:
        if written != len(lines):
            file.truncate(end)
            file.seek(end)
    # The last bytes of a disk take a part of a line without any error.
    if written != len(lines):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _apply(entry: Entry, kept: dict[str, Messages]) -> None:
    kind, name, content = entry
    messages = kept.setdefault(name, {})
    match kind:
        case "message":
            messages[content["id"]] = content
        case "gone":
            messages.pop(content, None)
        case _:
            raise ValueError(kind)
