"""What keeps ministack's DynamoDB state over a stop, a crash or a kill.

ministack holds its tables in memory.
At a clean stop they are written as one snapshot; between two snapshots each write that succeeded is
appended to a journal before it is acknowledged, and replayed at the next start.

What is guaranteed: a write that was acknowledged survives a stop, a crash and `kill -9` of the
process; a write that was not acknowledged may survive.
What is not: a crash of the whole machine can lose the last seconds, since the journal is not
forced to the disk; stream records are not kept; and a write that was only possible because
ministack had removed an expired item may fail to replay, which is counted in `failed_replays`.
"""

import asyncio
import base64
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
        JournalError: another process uses the folder, or its snapshot can't be read.

    """

    def __init__(self, folder: Path) -> None:
        self._snapshot = folder / f"{_SERVICE}.json"
        self._path = folder / "journal.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        # Held open, and with it the lock, until the process ends.
        self._lock_file = (folder / "lock").open("a")
        self._take_lock()
        self.failed_replays = 0
        self._load_snapshot()
        asyncio.run(self._replay())
        self.compact()

    async def record(self, target: str, body: bytes) -> Answer:
        """Handle one request and, if it wrote, append it before its answer is known to anyone.

        Between ministack's write and ours nothing is awaited, so that the journal has the order in
        which the writes took effect.
        """
        answer = await call_service(target, body)
        action = target.partition(".")[2]
        if answer[0] == 200 and not action.startswith(_READ_PREFIXES):
            line = json.dumps([target, base64.b64encode(body).decode("ascii")])
            self._file.write(line.encode("ascii") + b"\n")
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
        self._file.write(json.dumps({"follows": self._fingerprint()}).encode("ascii") + b"\n")
        temporary.replace(self._path)

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
        header, *entries = self._path.read_bytes().splitlines(keepends=True)
        # A journal of another snapshot is already part of this one: the process ended between
        # the two steps of `compact`.
        if json.loads(header)["follows"] != self._fingerprint():
            return
        for entry in entries:
            # Only the last line can be torn, by a kill in the middle of its write.
            if not entry.endswith(b"\n"):
                return
            target, body = json.loads(entry)
            status, _, _ = await call_service(target, base64.b64decode(body))
            self.failed_replays += status != 200

    def _snapshot_version(self) -> tuple[int, int] | None:
        if not self._snapshot.exists():
            return None
        information = self._snapshot.stat()
        return information.st_ino, information.st_mtime_ns

    def _fingerprint(self) -> str:
        if not self._snapshot.exists():
            return ""
        return hashlib.sha256(self._snapshot.read_bytes()).hexdigest()
