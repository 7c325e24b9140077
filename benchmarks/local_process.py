"""Run the local API in a process of its own, for the benchmarks and the tests."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

_READY = "Ctrl-C stops everything."
_START_SECONDS, _STOP_SECONDS, _POLL_SECONDS = 100, 30, 0.02


@dataclass(frozen=True)
class LocalProcess:
    """A local API that runs, with its ports and the file of what it prints."""

    process: "subprocess.Popen[Any]"
    port: int
    engine_port: int
    output: Path

    def printed(self) -> str:
        """Return all that was printed so far."""
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        """Wait until a text was printed.

        Raises:
            TimeoutError: The process has ended, or took too long. Has what was printed.
        """
        deadline = time.monotonic() + _START_SECONDS
        while text not in self.printed():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"{text!r} was not printed:\n{self.printed()}")
            time.sleep(_POLL_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(_STOP_SECONDS)


@contextlib.contextmanager
def local_process(
    folder: Path,
    ports: Sequence[int],
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[LocalProcess]:
    """Run a local API, ready when entered and ended when left.

    `ports` are those of the API and its engine.
    """
    port, engine_port = ports
    output = folder / f"output-{port}.txt"
    options = ["--port", str(port), "--engine-port", str(engine_port), *arguments]
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-m", "local", *options],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=file,
            stderr=file,
        )
    try:
        started = LocalProcess(process, port, engine_port, output)
        started.wait_for(_READY)
        yield started
    finally:
        end(process)


def end(process: "subprocess.Popen[Any]") -> None:
    """End a process, by force if it does not heed a signal."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    finally:
        process.kill()
        process.wait()
