"""Measure how fast a local run imports a file and logs and publishes every change.

`python -m benchmarks.local_run [ROWS]` compares this version with an earlier one, in which the
local API used HTTP to its engine and logged each contact separately.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.ports import HOST, listening_socket

ROWS = 2_000
README_ROWS = 10_000
BEFORE = "812087e"
"""The commit to compare with."""

_BAD_ROWS = (10, 20, 30)
_RECORDS_PER_ROW = 2
"""Stream records of a row for `record_changes`: a contact and its value page."""

_KEY = "native_0123456789"
_POLL_SECONDS = 0.5
_PATIENCE_SECONDS = 1_800
_ROOT = Path(__file__).parent.parent
_LOGGED = re.compile(r"^STREAM TriggerRecordChanges (\d+) of ", re.MULTILINE)
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class LocalImport:
    """An import by a local run, until all changes are logged and published.

    It has the CPU seconds of the local API, and of its engine and the processes of functions.
    """

    version: str
    rows: int
    seconds: float
    api_cpu: float
    children_cpu: float


def measure_local_imports() -> Sequence[LocalImport]:
    """Import one file with both versions, and the README's file with this one."""
    return [*_compare(ROWS), _measure(_ROOT, "this version", README_ROWS)]


def _compare(rows: int) -> Sequence[LocalImport]:
    with tempfile.TemporaryDirectory() as scratch:
        _export(BEFORE, Path(scratch))
        before = _measure(Path(scratch), f"before ({BEFORE})", rows)
    return [before, _measure(_ROOT, "this version", rows)]


def _export(commit: str, folder: Path) -> None:
    command = ["git", "archive", commit]
    archive = subprocess.run(command, check=True, capture_output=True, cwd=_ROOT)  # noqa: S603
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _measure(root: Path, version: str, rows: int) -> LocalImport:
    with _running(root) as run:
        given = json.dumps({"format": "csv", "identifier": {"kind": "email"}}).encode()
        made = run.call("POST", "/v1/imports", given)
        wanted = run.logged() + _RECORDS_PER_ROW * (rows - len(_BAD_ROWS))
        before = run.cpu()
        began_at = time.monotonic()
        content = "".join(_lines(rows)).encode()
        upload = urllib.request.Request(  # noqa: S310 - ours
            made["upload"]["url"], content, method="PUT"
        )
        with urllib.request.urlopen(upload) as answer:  # noqa: S310 - ours
            answer.read()
        while run.logged() < wanted:
            run.check(began_at)
            time.sleep(_POLL_SECONDS)
        seconds = time.monotonic() - began_at
        # The changes of the last rows can be logged before the import stores that it has ended.
        while (done := run.call("GET", f"/v1/imports/{made['id']}"))["status"] == "running":
            run.check(began_at)
            time.sleep(_POLL_SECONDS)
        spent = [now - then for now, then in zip(run.cpu(), before, strict=True)]
    if done["status"] != "completed":
        raise RuntimeError(f"the import is {done['status']}")
    return LocalImport(version, rows, seconds, *spent)


def _lines(rows: int) -> Iterator[str]:
    """Generate the lines of the README's file."""
    yield "email,first_name,membership_level\n"
    for number in range(rows):
        level = "Diamond" if number in _BAD_ROWS else "Gold"
        yield f"person{number}@example.com,Person {number},{level}\n"


class _Run:
    """A local run with its child processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, output: Path) -> None:
        self._process = process
        self._port = port
        self._output = output

    def call(self, method: str, path: str, body: bytes | None = None) -> Any:
        """Send a request of the native API."""
        headers = {"Authorization": f"Bearer {_KEY}", "Content-Type": "application/json"}
        url = f"http://{HOST}:{self._port}{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - ours
            return json.load(answer)

    def logged(self) -> int:
        """Return the number of stream records that were logged and published."""
        return sum(int(count) for count in _LOGGED.findall(self._output.read_text()))

    def check(self, began_at: float) -> None:
        """Raise RuntimeError if the run has ended or takes too long."""
        if self._process.poll() is not None or time.monotonic() - began_at > _PATIENCE_SECONDS:
            raise RuntimeError(self._output.read_text()[-2_000:])

    def wait_until_ready(self) -> None:
        """Wait until it serves requests and has logged its demo data."""
        began_at = time.monotonic()
        while "Ctrl-C" not in self._output.read_text():
            self.check(began_at)
            time.sleep(0.05)
        before = -1
        while (now := self.logged()) != before:
            before = now
            time.sleep(1)

    def cpu(self) -> tuple[float, float]:
        """Return the CPU seconds of the local API and of its child processes."""
        own = self._process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return _cpu_of(own), sum(_cpu_of(int(child)) for child in children)


def _cpu_of(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextlib.contextmanager
def _running(root: Path) -> Iterator[_Run]:
    with listening_socket(0, "--port") as one, listening_socket(0, "--engine-port") as other:
        ports = one.getsockname()[1], other.getsockname()[1]
    options = ("--port", str(ports[0]), "--engine-port", str(ports[1]))
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "console"
        with output.open("wb") as console:
            process = subprocess.Popen(  # noqa: S603 - ours
                [sys.executable, "-m", "local", *options], cwd=root, stdout=console, stderr=console
            )
            try:
                run = _Run(process, ports[0], output)
                run.wait_until_ready()
                yield run
            finally:
                process.terminate()
                process.wait()


def main(arguments: Sequence[str]) -> int:
    """Print the rows per second and CPU of both versions."""
    rows = int(arguments[0]) if arguments else ROWS
    for each in _compare(rows):
        cpu = f"{1000 * each.api_cpu / rows:.2f} + {1000 * each.children_cpu / rows:.2f}"
        print(f"{each.version}: {rows / each.seconds:.0f} rows/s, {cpu} ms CPU per row")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
