"""Measure the import of the README's file by a local run, for its section of the flows page.

`docs/imports.md` says how long it takes; ADR 29 has what made it faster.
"""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pipeline import LocalApi, local_service, upload

ROWS = 10_000

_BAD_ROWS = (10, 20, 30)
_RECORDS_PER_ROW = 2
"""Stream records of a row for `record_changes`: a contact and its value page."""

_KEY = {"Authorization": "Bearer native_0123456789"}
_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 1_800
_LOGGED = re.compile(r"^STREAM TriggerRecordChanges (\d+) of ", re.MULTILINE)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class LocalImport:
    """An import by a local run, until all changes are logged and published.

    It has the CPU seconds of the local API, and of its engine and the processes of functions.
    """

    rows: int
    seconds: float
    api_cpu: float
    children_cpu: float


def measure_local_import(rows: int = ROWS) -> LocalImport:
    """Import a file like the README's on a new local run.

    Raises:
        TimeoutError: The changes were not logged in half an hour.
    """
    with local_service() as api:
        _wait_until_quiet(api)
        made = api.start_import(_KEY)
        logged = _logged(api) + _RECORDS_PER_ROW * (rows - len(_BAD_ROWS))
        before, began_at = _cpu(api), time.monotonic()
        upload(made, "".join(_lines(rows)).encode())
        while _logged(api) < logged:
            if time.monotonic() - began_at > _PATIENCE_SECONDS:
                raise TimeoutError(api.run.printed()[-2_000:])
            time.sleep(_POLL_SECONDS)
        seconds = time.monotonic() - began_at
        spent = [now - then for now, then in zip(_cpu(api), before, strict=True)]
        return LocalImport(rows, seconds, *spent)


def _lines(rows: int) -> Iterator[str]:
    yield "email,first_name,membership_level\n"
    for number in range(rows):
        level = "Diamond" if number in _BAD_ROWS else "Gold"
        yield f"person{number}@example.com,Person {number},{level}\n"


def _wait_until_quiet(api: LocalApi) -> None:
    """Wait until the demo data is logged."""
    before = -1
    while (now := _logged(api)) != before:
        before = now
        time.sleep(1)


def _logged(api: LocalApi) -> int:
    """Return the number of stream records that were logged and published."""
    return sum(map(int, _LOGGED.findall(api.run.printed())))


def _cpu(api: LocalApi) -> tuple[float, float]:
    """Return the CPU seconds of the local API and of its child processes."""
    own = api.run.process.pid
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    return _cpu_of(own), sum(_cpu_of(int(child)) for child in children)


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
