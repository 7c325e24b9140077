"""A journal that persists ministack's DynamoDB state over a stop, a crash or a kill.

ministack holds its tables in memory.
A clean stop writes them as one snapshot. Between two snapshots, each write is appended to a journal
before it is applied, and the next start replays the journal.

Guarantees:
- An acknowledged write survives a stop, a crash and `kill -9` of the process. A write without an
  acknowledgement may survive.
- A write that does not fit on the disk is not applied.
- The stream records of an acknowledged write keep their sequence numbers, until every reader in
  `positions.json` has passed them or for 24 hours.

Limits:
- A crash of the whole machine can lose the last seconds, because the journal is not synced to disk.
- A write that succeeded only after ministack had removed an expired item may fail to replay.
  `failed_replays` counts these.
It serves `DATA` of docs/running-locally.md.
"""

import asyncio
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, Final

from ministack.core import persistence  # type: ignore[import-untyped]
from ministack.services import dynamodb  # type: ignore[import-untyped]

from local.engines.line_log import DataError, append, begin, cut, read_lines
from local.engines.services import Answer, call_table
from local.engines.stream_records import (
    Name,
    created_since,
    kept_records,
    name_again,
    names_of,
    positions,
    restore_records,
)
from local.positions import read_positions

_READ_PREFIXES: Final = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")
_SERVICE: Final = "dynamodb"
_LOCK_SECONDS: Final = 2
_HEADER_FIELD: Final = "follows"
_STREAMS_FIELD: Final = "stream_records"
_NOT_WRITTEN: Final[Answer] = (
    500,
    {"content-type": "application/x-amz-json-1.0"},
    json.dumps(
        {
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": "The journal can't be written: is the disk full?",
        }
    ).encode("ascii"),
)
"""DynamoDB's error for a fault of the server.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""


class Journal:
    """The snapshot and the journal in one folder.

    Before ministack is imported, `PERSIST_STATE=1` and `STATE_DIR` must enable its persistence in
    the same folder.

    Raises:
        DataError: Another process uses the folder, its snapshot or journal is not readable, or
            it is not writable.
        OSError: The folder is not usable.
    """

    def __init__(self, folder: Path) -> None:
        self._snapshot = folder / f"{_SERVICE}.json"
        self._path = folder / "journal.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        # The open file holds the lock until the process ends.
        self._lock_file = (folder / "lock").open("a")
        self._take_lock()
        self._writing = asyncio.Lock()
        self.failed_replays = 0
        self._load_snapshot()
        asyncio.run(self._replay())
        self.compact()

    async def record(self, target: str, body: bytes) -> Answer:
        """Handle one request, and append it to the journal first if it writes.

        Writes run one at a time. So the journal has the order in which they take effect, and a
        rejected write is removed from its end.

        Returns:
            Status, headers and body of the response. DynamoDB's InternalServerError if the
            journal can't store the write, which is not applied then.
        """
        if target.partition(".")[2].startswith(_READ_PREFIXES):
            return await call_table(target, body)
        async with self._writing:
            end = self._file.tell()
            try:
                append(self._file, [[target, base64.b64encode(body).decode("ascii")]])
            except OSError:
                return _NOT_WRITTEN
            done = False
            before = positions()
            try:
                answer = await call_table(target, body)
                done = answer[0] == 200
            finally:
                if not done:
                    cut(self._file, end)
            if made := created_since(before):
                self._append_names(names_of(made))
            return answer

    def compact(self) -> None:
        """Write a new snapshot and start an empty journal.

        Raises:
            DataError: The snapshot can't be written. The old one and its journal stay.
        """
        before = self._snapshot_version()
        readers = read_positions(self._snapshot.parent).values()
        streams = kept_records(min(readers, default=None))
        persistence.save_state(_SERVICE, {**dynamodb.get_state(), _STREAMS_FIELD: streams})
        # ministack logs a failure to save and continues.
        if self._snapshot_version() == before:
            raise DataError(f"The data file {self._snapshot} can't be written.")
        try:
            self._file = begin(self._path, [{_HEADER_FIELD: self._fingerprint()}])
        except OSError as error:
            raise DataError(f"The data file {self._path} can't be written.") from error

    def _append_names(self, names: list[Name]) -> None:
        # If they don't fit on the disk, the records get other names after a kill.
        with contextlib.suppress(OSError):
            append(self._file, [names])

    def _take_lock(self) -> None:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                # The engine of a killed run may still write its snapshot.
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                folder = self._snapshot.parent
                message = f"The data folder {folder} is in use by another local API."
                raise DataError(message) from error
            self._lock_file.truncate(0)
            print(os.getpid(), file=self._lock_file, flush=True)
            return

    def _load_snapshot(self) -> None:
        if not self._snapshot.exists():
            return
        state = persistence.load_state(_SERVICE)
        if state is None:
            raise DataError(f"The data file {self._snapshot} can't be read.")
        restore_records(state.pop(_STREAMS_FIELD, []))
        dynamodb.load_persisted_state(state)

    async def _replay(self) -> None:
        if not self._path.exists():
            return
        try:
            writes = self._read_writes()
        except (ValueError, TypeError, LookupError) as error:
            message = (
                f"The data file {self._path} is broken: "
                "put a copy of it in its place, or remove the data folder to begin anew."
            )
            raise DataError(message) from error
        for target, body, names in writes:
            before = positions()
            status, _, _ = await call_table(target, body)
            name_again(created_since(before), names)
            self.failed_replays += status != 200

    def _read_writes(self) -> list[tuple[str, bytes, list[Name]]]:
        """Read all writes that the snapshot lacks, before any of them is applied."""
        header, *entries = read_lines(self._path)
        # The snapshot contains a journal of another version: the process ended between the two
        # steps of `compact`.
        if header[_HEADER_FIELD] != self._fingerprint():
            return []
        return _read_entries(entries)

    def _snapshot_version(self) -> tuple[int, int] | None:
        if not self._snapshot.exists():
            return None
        information = self._snapshot.stat()
        return information.st_ino, information.st_mtime_ns

    def _fingerprint(self) -> str:
        if not self._snapshot.exists():
            return ""
        return hashlib.sha256(self._snapshot.read_bytes()).hexdigest()


def _read_entries(entries: list[Any]) -> list[tuple[str, bytes, list[Name]]]:
    """Read writes, each with the names of its stream records."""
    writes: list[tuple[str, bytes, list[Name]]] = []
    for entry in entries:
        if entry and isinstance(entry[0], str):
            target, body = entry
            writes.append((target, base64.b64decode(body, validate=True), []))
        else:
            writes[-1][2].extend((event_id, number, made_at) for event_id, number, made_at in entry)
    return writes
