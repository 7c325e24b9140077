"""A proxy between the handlers and the engine, which injects faults into chosen requests.

It parses HTTP and the operation of a request, because a fault affects one request and is often a
response of DynamoDB. Alternatives that were rejected: toxiproxy (a Go program), mitmproxy (many
packages with other versions than ours), faulty (random bytes, no requests), and botocore's Stubber
(does not use the network).
"""

import json
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Self
from urllib.parse import urlsplit

from shared.table.keys import Key
from shared.table.operations import key_of
from tests.faults.timeouts import InstantTimeouts

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})

_LOOK_SECONDS = 0.02
"""How often a request that waits for the end of its connection looks for the end of its test."""

_CHECKSUM = "x-amz-crc32"
_KIND = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class Reply:
    """A response of DynamoDB, with the checksum of its header."""

    status: int
    body: bytes
    checksum: int

    @classmethod
    def of(cls, status: int, document: Any) -> Self:
        """Build the response with a document."""
        body = json.dumps(document).encode()
        return cls(status, body, zlib.crc32(body))


class Exchange:
    """A request that the proxy has received, with the actions of faults."""

    def __init__(self, handler: "_Handler", body: bytes) -> None:
        self._handler = handler
        self.body = body
        self.operation = handler.headers["x-amz-target"].partition(".")[2]

    @property
    def document(self) -> Any:
        """The document of the request."""
        return json.loads(self.body)

    def forward(self, document: Any = None) -> Reply:
        """Send the request to the engine, or `document` in its place."""
        handler = self._handler
        body = self.body if document is None else json.dumps(document).encode()
        handler.server.proxy.note_writes(self.operation, body)
        kept = ("x-amz-target", "content-type", "authorization", "x-amz-date")
        headers = {name: handler.headers[name] for name in kept if name in handler.headers}
        handler.upstream.request("POST", "/", body, headers)
        response = handler.upstream.getresponse()
        answer = response.read()
        # DynamoDB sends one with errors too, and DynamoDB Local does not.
        checksum = response.headers.get(_CHECKSUM, zlib.crc32(answer))
        return Reply(response.status, answer, int(checksum))

    def answer(self, reply: Reply, *, sent: int | None = None) -> None:
        """Respond to the client. Close the connection after some bytes of the body if given."""
        handler = self._handler
        handler.send_response(reply.status)
        handler.send_header("content-type", _KIND)
        handler.send_header("content-length", str(len(reply.body)))
        handler.send_header(_CHECKSUM, str(reply.checksum))
        handler.end_headers()
        handler.wfile.write(reply.body[:sent])
        handler.close_connection = sent is not None

    def reset(self) -> None:
        """Reset the connection, as a crashed machine does."""
        at_once = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self._handler.close_connection = True

    def stall(self) -> None:
        """Send nothing until the client has timed out."""
        timeouts = self._handler.server.proxy.timeouts
        if timeouts is None:
            self.outwait()
            return
        with timeouts.passed(self._handler.client_address):
            self._handler.connection.shutdown(socket.SHUT_WR)
            self.outwait()

    def outwait(self) -> None:
        """Send nothing until the client has closed the connection, or the test settles."""
        handler = self._handler
        handler.close_connection = True
        handler.connection.settimeout(_LOOK_SECONDS)
        while not handler.server.proxy.is_settling:
            with suppress(TimeoutError):
                if not handler.connection.recv(1024):
                    return


Fault = Callable[[Exchange], None]
"""What happens to a request: it answers the exchange, drops it, or stalls it."""


def let_pass(exchange: Exchange) -> None:
    """Respond with the response of the engine."""
    exchange.answer(exchange.forward())


class Proxy:
    """A server on a free port of 127.0.0.1. Forwards every request until `meddle` is called."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        self.operations: list[str] = []
        """The operations of all requests since the last `meddle`, as they came."""
        self.written: set[Key] = set()
        """The keys of all items that forwarded requests may have written; tests clear it."""
        self.timeouts: InstantTimeouts | None = None
        """How stalled requests time out. None: by the clock of the client."""
        self.is_settling = False
        self._faults: dict[int, Fault] = {}
        self._lasting: Fault | None = None
        self._first = 0
        self._changed = Condition()
        self._running = 0
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def meddle(self, fault: Fault = let_pass, *, at: int = 0, lasting: bool = False) -> None:
        """Restart the count of requests, and inject a fault into the request of a number.

        A lasting fault affects all later requests too.
        """
        with self._changed:
            self.operations = []
            self._faults = {at: fault}
            self._lasting, self._first = (fault if lasting else None), at

    def note_writes(self, operation: str, body: bytes) -> None:
        """Keep the keys of the items that a request writes."""
        if operation in WRITES:
            keys = {_key(write) for write in _writes(json.loads(body))}
            with self._changed:
                self.written |= keys

    def settle(self) -> None:
        """End the stalls, and wait until all requests have ended, abandoned ones included."""
        self.is_settling = True
        with self._changed:
            assert self._changed.wait_for(lambda: not self._running, timeout=60)
        self.is_settling = False

    def handle(self, exchange: Exchange) -> None:
        """Inject the fault into a request, or forward it."""
        with self._changed:
            number = len(self.operations)
            self.operations.append(exchange.operation)
            lasting = self._lasting if number >= self._first else None
            fault = lasting or self._faults.get(number, let_pass)
            self._running += 1
        try:
            fault(exchange)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()


def _writes(document: Any) -> Iterator[Any]:
    """Yield the writes of a transaction, or the single one that a request is."""
    if "TransactItems" not in document:
        yield document
        return
    for item in document["TransactItems"]:
        yield from (write for kind, write in item.items() if kind != "ConditionCheck")


def _key(write: Any) -> Key:
    return key_of(write["Key"] if "Key" in write else write["Item"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: Proxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def shutdown_request(self, request: Any) -> None:
        # Closed at once: a reset must not send a regular end of the connection.
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore errors of connections that the client has closed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A response is sent in several writes, which must not wait for each other.
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        upstream = self.server.proxy.upstream
        self.upstream = HTTPConnection(str(upstream.hostname), upstream.port)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.proxy.handle(Exchange(self, body))

    def finish(self) -> None:
        super().finish()
        self.upstream.close()

    def log_message(self, *_: Any) -> None:
        """Log nothing."""
