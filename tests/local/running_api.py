"""The local API as a process, and a client for it, for tests."""

import contextlib
import dataclasses
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
FIXTURES = Path(__file__).parent / "fixtures"
SERVICE = FIXTURES / "service" / "template.yaml"
TRIGGERS = FIXTURES / "triggers" / "template.yaml"

PATIENCE_SECONDS = 30


@dataclasses.dataclass(frozen=True)
class Reply:
    """A response. Header names are lowercase."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for key, value in self.headers if key == name), None)


@dataclasses.dataclass
class LocalApi:
    """A running local API."""

    process: subprocess.Popen[str]
    port: int
    engine_port: int
    output: Path

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send one request, its path exactly as given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            names = [(name.lower(), value) for name, value in response.getheaders()]
            return Reply(response.status, names, response.read())

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def printed(self) -> str:
        """Return all that was printed so far."""
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        """Wait until a text was printed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in self.printed():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{text!r} was not printed:\n{self.printed()}")
            time.sleep(0.02)


def is_listening(port: int) -> bool:
    """Tell whether something listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def command(*arguments: str, template: Path = SERVICE) -> list[str]:
    """Return the command line of the local API on the tests' own small service."""
    start = [sys.executable, "-m", "local", "--template", str(template)]
    return [*start, *([] if "--seed" in arguments else ["--no-seed"]), *arguments]


def run_to_end(
    *arguments: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a local API that is expected to end by itself."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@contextlib.contextmanager
def running(
    folder: Path,
    *arguments: str,
    template: Path = SERVICE,
    environment: dict[str, str] | None = None,
) -> Iterator[LocalApi]:
    """Run a local API on free ports, ready when entered and stopped when left."""
    port, engine_port = free_port(), free_port()
    output = folder / f"output-{port}.txt"
    ports = ["--port", str(port), "--engine-port", str(engine_port)]
    with output.open("w") as file:
        process = subprocess.Popen(
            command(*ports, *arguments, template=template),
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=file,
            stderr=file,
            text=True,
        )
    api = LocalApi(process, port, engine_port, output)
    try:
        api.wait_for("Ctrl-C stops everything.")
        yield api
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End a process, by force if it does not heed a signal."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
