"""Print the progress of file imports on the console.

docs/imports.md shows the lines.
"""

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
"""The stream records that change an import. The INSERT records of a seed's imports are omitted."""

_WAITING = "awaiting_file"


class ImportPrinter:
    """Prints one line for each step of an import.

    A stream reader calls it in place of a function. It never reports a failure.
    """

    name = IMPORT_CHANGES.name

    def __init__(self, log: Callable[[str], None]) -> None:
        self._log = log
        self._last: dict[str, str] = {}

    def call(self, event: Mapping[str, Any], _ids: Sequence[str]) -> set[str]:
        """Print the steps in the records of an event that are new."""
        for record in event["Records"]:
            image = record["dynamodb"]["NewImage"]
            line = progress_line({name: decode(value) for name, value in image.items()})
            if line and line != self._last.get(image["sk"]["S"]):
                self._last[image["sk"]["S"]] = line
                self._log(line)
        return set()


def progress_line(job: Mapping[str, Any]) -> str | None:
    """Format the progress of an import. Return None while it waits for its file."""
    status, progress = job.get("status"), job.get("progress") or {}
    if status == _WAITING:
        return None
    imported, failed = progress.get("imported", 0), progress.get("failed", 0)
    size = (job.get("file") or [0])[0]
    share = f", {100 * progress.get('offset', 0) // size} % of the file" if size else ""
    return f"IMPORT {job.get('import_id')} {status}: {imported} imported, {failed} failed{share}"
