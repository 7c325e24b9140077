"""Record the DynamoDB responses for one request of an endpoint, and replay them.

So a request can be repeated even if the second one would fail, and the measurement excludes the
work of an engine.
"""

import asyncio
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import botocore
from botocore import xform_name
from botocore.session import Session

from benchmarks.waiting import when_listening
from local.engines.child_guard import module_command, start_child, stop_child, when_parent_ends
from local.ports import HOST, free_ports

_TARGET = "dynamodb_20120810."


@dataclass(frozen=True)
class RecordedCall:
    """A boto3 call: its method, its parameters and the body of the response."""

    method: str
    params: Mapping[str, Any]
    answer: str


@dataclass
class Recording:
    """The calls of one request in order.

    Attributes:
        calls: The calls of a request when the function has definitions in memory.
        first: The calls of the requests before it.
    """

    calls: list[RecordedCall] = field(default_factory=list)
    first: list[RecordedCall] = field(default_factory=list)

    def end_first(self) -> None:
        """Take what was recorded so far for the first requests."""
        self.first += self.calls
        self.calls.clear()

    def listen_to(self, session: Session) -> None:
        """Record the calls of all clients that the session creates after this call."""
        session.register("before-parameter-build.dynamodb", self._before)
        session.register("after-call.dynamodb", self._after)

    def _before(self, **event: Any) -> None:
        # The parameters, before botocore converts them.
        event["context"]["asked"] = deepcopy(event["params"])

    def _after(self, **event: Any) -> None:
        params = event["context"]["asked"]
        answer = event["http_response"].content.decode()
        self.calls.append(RecordedCall(xform_name(event["model"].name), params, answer))


@contextmanager
def recording_calls() -> Iterator[Recording]:
    """Record the calls of all clients with a session created in this context."""
    recording = Recording()
    botocore.register_initializer(recording.listen_to)
    try:
        yield recording
    finally:
        botocore.unregister_initializer(recording.listen_to)


@contextmanager
def replaying(recording: Recording, *, from_start: bool) -> Iterator[str]:
    """Serve the recorded responses in a loop, in a new process, and yield its URL.

    With `from_start`, it serves the responses of the first requests once before.
    """
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        answers = Path(folder, "answers.json")
        first = recording.first if from_start else []
        parts = [
            [(_target_of(call.method), call.answer) for call in calls]
            for calls in (first, recording.calls)
        ]
        answers.write_text(json.dumps(parts))
        command = module_command("benchmarks.replay", str(port), str(answers))
        child = start_child(command, errors=errors)
        try:
            when_listening(port)
            yield f"http://{HOST}:{port}"
        finally:
            stop_child(child)


Answers: TypeAlias = Mapping[bytes, Iterator[bytes]]
"""The responses of each operation, without end. Operations are sent beside each other."""


class _Replayer(asyncio.Protocol):
    """A persistent connection that sends the next response of the operation for each request."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._received = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._received = b""
        self._transport.write(next(self._answers[_header(head, b"x-amz-target")]))


def _target_of(method: str) -> str:
    """Return the header of a boto3 method, in lower case."""
    return f"{_TARGET}{method.replace('_', '')}"


def _content_length(head: bytes) -> int:
    return int(_header(head, b"content-length") or 0)


def _header(head: bytes, wanted: bytes) -> bytes:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == wanted:
            return value.strip()
    return b""


def _as_response(body: str) -> bytes:
    content = body.encode()
    head = (
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n"
        f"content-length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


async def _serve(port: int, answers: Answers) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Replayer(answers), HOST, port)
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    """`python -m benchmarks.replay PORT ANSWERS`: serve until stopped."""
    when_parent_ends(lambda: os._exit(0))
    first, repeated = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    targets = {target for target, _ in (*first, *repeated)}
    answers = {
        target.encode(): itertools.chain(
            _responses(first, target), itertools.cycle(_responses(repeated, target))
        )
        for target in targets
    }
    asyncio.run(_serve(int(arguments[0]), answers))


def _responses(calls: Sequence[tuple[str, str]], target: str) -> list[bytes]:
    return [_as_response(answer) for each, answer in calls if each == target]


if __name__ == "__main__":
    main(sys.argv[1:])
