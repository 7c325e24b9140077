"""A server that responds in place of DynamoDB, and records the requests."""

import json
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread, get_ident
from typing import Any

JSON = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class Request:
    """A received request, with its connection and its header lines in order."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def document(self) -> Any:
        """Parse the body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A response. Closes the connection without a response if `hangs_up`."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    has_checksum: bool = True
    hangs_up: bool = False

    @classmethod
    def of(cls, document: Any, status: int = 200, **facts: Any) -> "Reply":
        """Build a response with a document."""
        return cls(json.dumps(document).encode(), status, **facts)


Answer = Callable[[Request], Reply | None]
"""Decides the response. None drops the connection without one."""


def fault(code: str, status: int = 400, **members: Any) -> Reply:
    """Build an error response of DynamoDB."""
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return Reply.of({"__type": kind, "message": "a message", **members}, status)


class DynamoServer:
    """Responds to each request by `answer`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[Request] = []
        self.answer: Answer = lambda _: Reply()
        self.date_offset = 0.0
        """By how much its clock is ahead, in seconds."""

    def expect(self, *replies: Reply | None) -> None:
        """Respond with these in turn, and repeat the last one. Clears the recorded requests."""
        self.requests = []
        left = list(replies)
        self.answer = lambda _: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def dynamodb_server(context: ssl.SSLContext | None = None) -> Iterator[DynamoServer]:
    """Serve on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = dict(self.headers.items())
            request = Request("POST", self.path, headers, body, get_ident())
            server.requests.append(request)
            reply = server.answer(request)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": JSON, **reply.headers}.items():
                self.send_header(name, value)
            if reply.has_checksum and "x-amz-crc32" not in reply.headers:
                self.send_header("x-amz-crc32", str(zlib.crc32(reply.body)))
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.hangs_up

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + server.date_offset)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Ignore errors of connections that a test has closed."""

    listening = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        listening.socket = context.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
    server = DynamoServer(listening.server_address[1])
    Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
