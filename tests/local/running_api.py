"""The local API as a process, and a client for it, for tests."""

import contextlib
import dataclasses
import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.local_process import ROOT, LocalProcess, local_process
from tests.ports import free_port

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


class LocalApi(LocalProcess):
    """A running local API."""

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
    ports = free_port(), free_port()
    options = command(*arguments, template=template)[3:]
    with local_process(folder, ports, *options, environment=environment) as api:
        yield LocalApi(api.process, api.port, api.engine_port, api.output)
