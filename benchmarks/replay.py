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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_Call: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class RecordedCall:
    """A boto3 call: its method, its parameters, and the bodies of its request and response."""

    method: str
    params: Mapping[str, Any]
    asked: str
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
        session.register("before-call.dynamodb", self._sending)
        session.register("after-call.dynamodb", self._after)

    def _before(self, **event: Any) -> None:
        # The parameters, before botocore converts them.
        event["context"]["asked"] = deepcopy(event["params"])

    def _sending(self, **event: Any) -> None:
        event["context"]["sent"] = event["params"]["body"]

    def _after(self, **event: Any) -> None:
        context, method = event["context"], xform_name(event["model"].name)
        asked, answer = context["sent"].decode(), event["http_response"].content.decode()
        self.calls.append(RecordedCall(method, context["asked"], asked, answer))


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
            [(_target_of(call.method), call.asked, call.answer) for call in calls]
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


class Replay:
    """The responses to the requests of a recording, in a loop.

    Reads are sent beside each other, and a slow one twice, so each gets the response to a request
    of the same body. Other requests, such as writes with a time, get the next one of their
    operation.

    Args:
        first: Operation, body and response of each call that is made once.
        repeated: The same of the calls that are made again and again.
    """

    def __init__(self, first: Sequence[_Call], repeated: Sequence[_Call]) -> None:
        self._of_body = _responses(first, repeated, lambda call: (call[0], _canonical(call[1])))
        self._of_target = _responses(first, repeated, lambda call: call[0])

    def response(self, target: str, body: str) -> bytes:
        """Return the next response to a request."""
        of_body = self._of_body.get((target, _canonical(body)))
        return next(self._of_target[target] if of_body is None else of_body)


class _Replayer(asyncio.Protocol):
    """A persistent connection that sends the next response of the operation for each request."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
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
        target = _header(head, b"x-amz-target").decode()
        self._transport.write(self._replay.response(target, body.decode()))


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


async def _serve(port: int, replay: Replay) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Replayer(replay), HOST, port)
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    """`python -m benchmarks.replay PORT ANSWERS`: serve until stopped."""
    when_parent_ends(lambda: os._exit(0))
    first, repeated = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    asyncio.run(_serve(int(arguments[0]), Replay(first, repeated)))


def _responses(
    first: Sequence[_Call], repeated: Sequence[_Call], key_of: Callable[[_Call], Any]
) -> dict[Any, Iterator[bytes]]:
    """Return the responses by key, without end: the first ones, then the repeated ones in turn."""
    calls: dict[Any, tuple[list[bytes], list[bytes]]] = {}
    for number, each in enumerate((first, repeated)):
        for call in each:
            calls.setdefault(key_of(call), ([], []))[number].append(_as_response(call[2]))
    return {
        key: itertools.chain(once, itertools.cycle(again or once[-1:]))
        for key, (once, again) in calls.items()
    }


def _canonical(body: str) -> str:
    """Return a body as every client of DynamoDB could have written it."""
    return json.dumps(json.loads(body), sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
