"""What keeps the messages of ministack's queues over a stop, a crash or a kill.

Each message is in a file before the request that made it is answered, and each that has been
deleted is marked as gone; at a start, the messages that are left are there again as soon as their
queue is made.

What is guaranteed: a message that was taken survives a stop, a crash and `kill -9` of the process.
What is not: how often it was received, and how long it was to stay unseen; a message that was being
worked on is received again at once.
What an S3 bucket tells a queue may be lost when the process is killed in the same moment.
"""

import json
from pathlib import Path
from typing import Any, Final

from ministack.services import sqs  # type: ignore[import-untyped]

Message = dict[str, Any]

_MIN_ENTRIES: Final = 10_000
_TOLERATED_RATIO: Final = 4


class QueueLog:
    """The log of one folder.

    Raises:
        OSError: the folder can't be used.

    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "queues.jsonl"
        self._kept: dict[str, dict[str, Message]] = {}
        self._waiting: set[str] = set()
        self._entries = 0
        self._read()
        self._waiting = set(self._kept)
        self._rewrite()

    def record(self) -> None:
        """Write what has changed in the queues since the last time.

        Raises:
            OSError: the file can't be written.

        """
        for queue in sqs._queues.all_values():  # noqa: SLF001 - it has no other way
            name = queue["name"]
            if name in self._waiting:
                self._give_back(queue)
            self._record_queue(name, queue["messages"])
        self._file.flush()
        if self._entries > max(_MIN_ENTRIES, _TOLERATED_RATIO * self._live):
            self._rewrite()

    @property
    def _live(self) -> int:
        return sum(map(len, self._kept.values()))

    def _record_queue(self, name: str, messages: list[Message]) -> None:
        kept = self._kept.setdefault(name, {})
        for message_id in kept.keys() - {message["id"] for message in messages}:
            del kept[message_id]
            self._append(["gone", name, message_id])
        for message in messages:
            if message["id"] not in kept:
                kept[message["id"]] = message
                self._append(["message", name, message])

    def _give_back(self, queue: dict[str, Any]) -> None:
        self._waiting.remove(queue["name"])
        queue["messages"] += [
            {**message, "visible_at": 0, "receipt_handle": None}
            for message in self._kept[queue["name"]].values()
        ]

    def _read(self) -> None:
        if not self._path.exists():
            return
        # What comes after the last line break was torn by a kill in the middle of its write.
        for line in self._path.read_bytes().split(b"\n")[:-1]:
            kind, name, content = json.loads(line)
            kept = self._kept.setdefault(name, {})
            if kind == "message":
                kept[content["id"]] = content
            else:
                kept.pop(content, None)

    def _rewrite(self) -> None:
        temporary = self._path.with_suffix(".tmp")
        self._file = temporary.open("wb")
        self._entries = 0
        for name, kept in self._kept.items():
            for message in kept.values():
                self._append(["message", name, message])
        self._file.flush()
        temporary.replace(self._path)

    def _append(self, entry: object) -> None:
        self._file.write(json.dumps(entry).encode("ascii") + b"\n")
        self._entries += 1
