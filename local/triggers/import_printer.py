"""How far imports of files are, on the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.event_sources import StreamSource
from shared.table.codec import decode

IMPORT_CHANGES = StreamSource(
    name="import progress on the console",
    function="",
    batch_size=100,
    patterns=({"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"entity": {"S": ["import"]}}}},),
)
"""What the console reads of the table's stream: a seed's imports come in and do not go on."""

_WAITING = "awaiting_file"


class ImportPrinter:
    """Prints one line for each step of an import.

    It takes the place of a function behind a reader of the stream, and never fails.
    """

    name = IMPORT_CHANGES.name

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._last: dict[str, str] = {}

    def call(self, event: Mapping[str, Any], _ids: Sequence[str]) -> set[str]:
        """Print what the records of an event tell that was not yet printed."""
        for record in event["Records"]:
            image = record["dynamodb"]["NewImage"]
            line = progress_line({name: decode(value) for name, value in image.items()})
            if line and line != self._last.get(image["sk"]["S"]):
                self._last[image["sk"]["S"]] = line
                self._log(line)
        return set()


def progress_line(job: Mapping[str, Any]) -> str | None:
    """Return the line that tells how far an import is, or None while it waits for its file."""
    status, progress = job.get("status"), job.get("progress") or {}
    if status == _WAITING:
        return None
    imported, failed = progress.get("imported", 0), progress.get("failed", 0)
    size = (job.get("file") or [0])[0]
    share = f", {100 * progress.get('offset', 0) // size} % of the file" if size else ""
    return f"IMPORT {job.get('import_id')} {status}: {imported} imported, {failed} failed{share}"
