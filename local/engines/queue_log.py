"""A log that persists the messages of ministack's queues over a stop, a crash or a kill.

Each message is in the file before the response to its request. Each deletion is logged too. After
a start, the remaining messages return to their queue when the queue is created.

An accepted message survives a stop, a crash and `kill -9` of the process. Its receive count and its
visibility timeout do not: a message in flight is received again at once.
An S3 event notification may be lost if the process is killed at the same moment.
It serves `DATA` of docs/running-locally.md.
"""

from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, Final

from ministack.services import sqs  # type: ignore[import-untyped]

from local.engines.line_log import DataError, append, begin, read_lines

Messages = dict[str, dict[str, Any]]
"""Messages by their ids."""

Entry = tuple[str, str, Any]
"""`message` or `gone`, the queue, and the message or its id."""

_MIN_ENTRIES: Final = 10_000
_TOLERATED_RATIO: Final = 4


class QueueLog:
    """The log of one folder.

    Raises:
        DataError: The log is not readable.
        OSError: The folder is not usable.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "queues.jsonl"
        self._kept = self._read()
        self._waiting = set(self._kept)
        self._file, self._entries = self._written()

    def record(self) -> None:
        """Append the changes of the queues since the previous call.

        Raises:
            OSError: The file is not writable. The next call writes the changes.
        """
        queues = sqs._queues.all_values()  # noqa: SLF001 - it has no other way
        for queue in queues:
            if queue["name"] in self._waiting:
                self._give_back(queue)
        entries = [entry for queue in queues for entry in self._changes(queue)]
        if not entries:
            return
        append(self._file, entries)
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
        """Restore the messages of an earlier process into a new queue."""
        self._waiting.remove(queue["name"])
        queue["messages"] += [
            {**message, "visible_at": 0, "receipt_handle": None}
            for message in self._kept[queue["name"]].values()
        ]

    def _read(self) -> dict[str, Messages]:
        kept: dict[str, Messages] = {}
        try:
            for kind, name, content in read_lines(self._path):
                _apply((kind, name, content), kept)
        except (ValueError, TypeError, LookupError) as error:
            message = (
                f"The data file {self._path} is broken: "
                "remove it to go on without the messages that were still to be handled."
            )
            raise DataError(message) from error
        return kept

    def _written(self) -> tuple[FileIO, int]:
        """Rewrite the log with the remaining messages; return the file and its length."""
        entries = [
            ("message", name, message)
            for name, kept in self._kept.items()
            for message in kept.values()
        ]
        return begin(self._path, entries), len(entries)


def _begin_with(kept: Messages, messages: Sequence[dict[str, Any]]) -> bool:
    """Return whether messages are the kept ones followed by newer ones, in constant time.

    New messages are appended, so the last kept message has the same index only if none was
    deleted.
    """
    if not kept:
        return True
    last = len(kept) - 1
    return last < len(messages) and messages[last]["id"] == next(reversed(kept))


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
