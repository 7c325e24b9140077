"""Measure the delay from a change to its log entry and its webhook, on a local run.

docs/benchmarks/flows.md shows the delays; the measurements of imports start their runs here.
"""

import contextlib
import queue
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3

from benchmarks.local_process import LocalProcess, local_process
from local.ports import HOST, free_ports

SAMPLES = 50

_KLEN = {"Authorization": "Bearer klen_abcdef123456789"}
_NATIVE = {"Authorization": "Bearer native_0123456789"}
_SET = "/api/v1/contacts/123/context"
_ACTIVITY = "/v1/contacts/contact_123/activity?limit=1"
_PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Delays:
    """Samples of the milliseconds after the response to a write."""

    to_activity: Sequence[float]
    to_webhook: Sequence[float]


def measure_delays(samples: int = SAMPLES) -> Delays:
    """Set a variable repeatedly on a new local run, each time after the previous change arrived.

    The activity is polled every few milliseconds, which adds as much to its delay.

    Raises:
        TimeoutError: A change did not arrive.
    """
    arrivals: queue.Queue[tuple[float, str]] = queue.Queue()
    with _receiver(arrivals) as port, local_service() as api:
        # Changes of the demo data arrive before this one.
        api.send("POST", _SET, _KLEN, {"variables": {"account_balance": -1}})
        api.wait_for(-1)
        webhook = {"url": f"http://{HOST}:{port}/", "topics": ["contact.context.updated"]}
        api.send("POST", "/v1/webhooks", _NATIVE, webhook)
        to_activity, to_webhook = [], []
        for number in range(samples):
            api.send("POST", _SET, _KLEN, {"variables": {"account_balance": number}})
            begun = time.monotonic()
            to_activity.append(api.wait_for(number) - begun)
            to_webhook.append(_arrival(arrivals, number) - begun)
    return Delays(
        [1000 * seconds for seconds in to_activity], [1000 * seconds for seconds in to_webhook]
    )


class LocalApi:
    """A client of a local run."""

    def __init__(self, run: LocalProcess) -> None:
        self.run = run
        self._pool = urllib3.HTTPConnectionPool(HOST, run.port, timeout=_PATIENCE_SECONDS)

    def send(self, method: str, path: str, key: dict[str, str], document: Any = None) -> Any:
        """Send a request and return the JSON of the response."""
        answer = self._pool.request(method, path, headers=key, json=document)
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {answer.data!r}")
        return answer.json()

    def start_import(self, key: dict[str, str]) -> Any:
        """Create an import of a CSV file with e-mail addresses."""
        document = {"format": "csv", "identifier": {"kind": "email"}}
        return self.send("POST", "/v1/imports", key, document)

    def wait_for(self, number: int) -> float:
        """Wait until the newest log entry has this number, and return the time."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            entries = self.send("GET", _ACTIVITY, _NATIVE)["data"]
            if entries and entries[0]["new"] == number:
                return time.monotonic()
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(f"{number} is not in the log")


def _arrival(arrivals: "queue.Queue[tuple[float, str]]", number: int) -> float:
    wanted = f'"new":{number}'
    while True:
        try:
            at, body = arrivals.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            raise TimeoutError(f"{number} was not brought") from None
        if f"{wanted}," in body or f"{wanted}}}" in body:
            return at


@contextlib.contextmanager
def _receiver(arrivals: "queue.Queue[tuple[float, str]]") -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.monotonic()
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.send_response(204)
            self.end_headers()
            arrivals.put((at, body))

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()


@contextlib.contextmanager
def local_service(*arguments: str) -> Iterator[LocalApi]:
    """Start a local run with these arguments, and stop it at the end."""
    with (
        tempfile.TemporaryDirectory() as folder,
        local_process(Path(folder), free_ports(2), *arguments) as run,
    ):
        yield LocalApi(run)


def upload(made: Any, content: bytes) -> None:
    """Upload the file of an import to the address that its creation returned."""
    urllib3.request("PUT", made["upload"]["url"], body=content)
