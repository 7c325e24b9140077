"""What keeps ministack's DynamoDB state over a stop, a crash or a kill.

ministack holds its tables in memory.
At a clean stop they are written as one snapshot; between two snapshots each write is appended to a
journal before it is made, and replayed at the next start.

What is guaranteed: a write that was acknowledged survives a stop, a crash and `kill -9` of the
process; a write that was not acknowledged may survive; a write that the journal has no room for is
not made.
What is not: a crash of the whole machine can lose the last seconds, since the journal is not
forced to the disk; stream records are not kept; and a write that was only possible because
ministack had removed an expired item may fail to replay, which is counted in `failed_replays`.
"""

import asyncio
import base64
import errno
import fcntl
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Final

from ministack.core import persistence  # type: ignore[import-untyped]
from ministack.services import dynamodb, dynamodb_streams  # type: ignore[import-untyped]

Answer = tuple[int, dict[str, str], bytes]

_READ_PREFIXES: Final = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")
_SERVICE: Final = "dynamodb"
_LOCK_SECONDS: Final = 2
_HEADER_FIELD: Final = "follows"
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
"""DynamoDB's own error for a fault that is not the client's.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""


class JournalError(Exception):
    """The data folder can't be used: its text is a sentence for the user."""


async def call_service(target: str, body: bytes) -> Answer:
    """Let ministack handle one request to DynamoDB or to DynamoDB Streams.

    Args:
        target: the request's `X-Amz-Target`, such as `DynamoDB_20120810.PutItem`.
        body: the request in the service's JSON.

    Returns: status, headers and body of the answer.

    """
    service = dynamodb_streams if target.startswith("DynamoDBStreams_") else dynamodb
    headers = {"x-amz-target": target}
    status, answer_headers, answer = await service.handle_request("POST", "/", headers, body, {})
    return status, answer_headers, answer


class Journal:
    """The snapshot and the journal in one folder.

    ministack's persistence must be switched on for that folder before it is imported
    (`PERSIST_STATE=1`, `STATE_DIR`).

    Raises:
        JournalError: another process uses the folder, its snapshot or its journal can't be read,
            or it can't be written.
        OSError: the folder can't be used.

    """

    def __init__(self, folder: Path) -> None:
        self._snapshot = folder / f"{_SERVICE}.json"
        self._path = folder / "journal.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        # Held open, and with it the lock, until the process ends.
        self._lock_file = (folder / "lock").open("a")
        self._take_lock()
        self._writing = asyncio.Lock()
        self.failed_replays = 0
        self._load_snapshot()
        asyncio.run(self._replay())
        self.compact()

    async def record(self, target: str, body: bytes) -> Answer:
        """Handle one request; if it is to write, it is in the journal before.

        Writes go one by one, so that the journal has the order in which they take effect, and one
        that is refused can be taken back from its end.

        Returns: status, headers and body of the answer; DynamoDB's InternalServerError when the
            journal can't take the write, which is then not made.
        """
        if target.partition(".")[2].startswith(_READ_PREFIXES):
            return await call_service(target, body)
        async with self._writing:
            end = self._file.tell()
            try:
                self._append([target, base64.b64encode(body).decode("ascii")])
            except OSError:
                return _NOT_WRITTEN
            done = False
            try:
                answer = await call_service(target, body)
                done = answer[0] == 200
            finally:
                if not done:
                    self._cut(end)
            return answer

    def compact(self) -> None:
        """Write a new snapshot and begin an empty journal after it.

        Raises:
            JournalError: the snapshot can't be written; the old one and its journal stay.

        """
        before = self._snapshot_version()
        persistence.save_state(_SERVICE, dynamodb.get_state())
        # ministack logs a failure to save and goes on.
        if self._snapshot_version() == before:
            raise JournalError(f"The data file {self._snapshot} can't be written.")
        temporary = self._path.with_suffix(".tmp")
        self._file = temporary.open("wb", buffering=0)
        try:
            self._append({_HEADER_FIELD: self._fingerprint()})
        except OSError as error:
            raise JournalError(f"The data file {self._path} can't be written.") from error
        temporary.replace(self._path)

    def _append(self, entry: object) -> None:
        """Write one whole line or, raising OSError, none of it."""
        line = json.dumps(entry).encode("ascii") + b"\n"
        end = self._file.tell()
        try:
            written = self._file.write(line)
        except OSError:
            self._cut(end)
            raise
        # The last bytes of a disk take a part of a line without any error.
        if written != len(line):
            self._cut(end)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _cut(self, end: int) -> None:
        self._file.truncate(end)
        self._file.seek(end)

    def _take_lock(self) -> None:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                # The engine of a run that was killed is still writing its snapshot.
                if time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                folder = self._snapshot.parent
                message = f"The data folder {folder} is in use by another local API."
                raise JournalError(message) from error
            self._lock_file.truncate(0)
            print(os.getpid(), file=self._lock_file, flush=True)
            return

    def _load_snapshot(self) -> None:
        if not self._snapshot.exists():
            return
        state = persistence.load_state(_SERVICE)
        if state is None:
            raise JournalError(f"The data file {self._snapshot} can't be read.")
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
            raise JournalError(message) from error
        for target, body in writes:
            status, _, _ = await call_service(target, body)
            self.failed_replays += status != 200

    def _read_writes(self) -> list[tuple[str, bytes]]:
        """Return the writes that the snapshot lacks; all of them are read before any is made."""
        # What comes after the last line break was torn by a kill in the middle of its write.
        header, *entries = self._path.read_bytes().split(b"\n")[:-1]
        # A journal of another snapshot is already part of this one: the process ended between
        # the two steps of `compact`.
        if json.loads(header)[_HEADER_FIELD] != self._fingerprint():
            return []
        return [_read_write(entry) for entry in entries]

    def _snapshot_version(self) -> tuple[int, int] | None:
        if not self._snapshot.exists():
            return None
        information = self._snapshot.stat()
        return information.st_ino, information.st_mtime_ns

    def _fingerprint(self) -> str:
        if not self._snapshot.exists():
            return ""
        return hashlib.sha256(self._snapshot.read_bytes()).hexdigest()


def _read_write(entry: bytes) -> tuple[str, bytes]:
    target, body = json.loads(entry)
    return target, base64.b64decode(body, validate=True)
