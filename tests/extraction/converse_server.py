"""A stand-in for Amazon Bedrock on this machine, which speaks the wire format of Converse.

Source: Amazon Bedrock API Reference, "Converse" and "Common errors": a POST of JSON to
`/model/{modelId}/converse`; an error is named by the header `x-amzn-ErrorType`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Reply = Callable[["_Handler"], None]


@dataclass
class ConverseServer:
    """The responses of the stand-in, and the requests that it received."""

    url: str
    reply: Reply
    asked: list[dict[str, Any]] = field(default_factory=list)
    released: Event = field(default_factory=Event)


class _Handler(BaseHTTPRequestHandler):
    standing_in: ConverseServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        asked = {"path": self.path, "headers": dict(self.headers), "body": json.loads(body)}
        self.standing_in.asked.append(asked)
        self.standing_in.reply(self)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)


def answers(document: Any, status: int = 200) -> Reply:
    """Respond with a document, or with raw bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return lambda handler: handler.send(status, body)


def uses_tool(arguments: Any, name: str = "record_fields", stop_reason: str = "tool_use") -> Reply:
    """Respond as a model that uses the tool."""
    use = {"toolUse": {"toolUseId": "tooluse_1", "name": name, "input": arguments}}
    return answers(message([use], stop_reason))


def message(content: list[Any], stop_reason: str) -> dict[str, Any]:
    """Build a response of Converse."""
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 300, "outputTokens": 40, "totalTokens": 340},
        "metrics": {"latencyMs": 500},
    }


def fails(status: int, error_type: str) -> Reply:
    """Respond with an error of AWS."""
    body = json.dumps({"message": "it failed"}).encode()
    return lambda handler: handler.send(status, body, x_amzn_ErrorType=error_type)


def hangs(handler: _Handler) -> None:
    """Send no response until the server stops."""
    handler.standing_in.released.wait(60)
    handler.close_connection = True


def hangs_up(handler: _Handler) -> None:
    """Close the connection without a response."""
    handler.close_connection = True


@contextmanager
def converse_server() -> Iterator[ConverseServer]:
    """Run a server on a free port, and stop it at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        url = f"http://127.0.0.1:{server.server_port}"
        standing_in = ConverseServer(url, uses_tool({}))
        _Handler.standing_in = standing_in
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield standing_in
        standing_in.released.set()
        server.shutdown()
        thread.join()
