"""A faster protocol between the local API and the embedded engine: framed messages.

HTTP between the two processes takes more CPU than most requests. A frame is a JSON header and a
body, each preceded by its length. Other clients use HTTP; the engine serves the same services on
both.
It serves the time of the example import in docs/imports.md (ADR 29).
"""

import contextlib
import json
import os
import queue
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

LENGTHS: Final = struct.Struct(">II")
"""The prefix of a frame: the lengths of its header and its body."""

SOCKET_NAME: Final = "engine"

_MAX_PATH_BYTES: Final = 100
"""The path of a Unix socket has at most 104 bytes on macOS, and a few more on Linux."""

_TIMEOUT_SECONDS: Final = 20


def frame(header: Any, body: bytes) -> bytes:
    """Encode a frame."""
    encoded = json.dumps(header, separators=(",", ":")).encode("ascii")
    return LENGTHS.pack(len(encoded), len(body)) + encoded + body


def socket_in(folder: Path) -> Path | None:
    """Return the socket path in a folder, or None if it is too long for a Unix socket."""
    path = folder / SOCKET_NAME
    return path if len(os.fsencode(path)) <= _MAX_PATH_BYTES else None


class EngineLink:
    """A thread-safe client of the link with a pool of connections.

    Args:
        path: The path of the engine's socket.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._idle: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()

    def send(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return the status, headers and body of the response.

        Raises:
            OSError: The engine did not respond.
        """
        connection = self._connection()
        try:
            connection.sendall(frame(headers, body))
            response = _received(connection)
        except OSError:
            connection.close()
            raise
        self._idle.put(connection)
        return response

    def close(self) -> None:
        """Close the idle connections."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _connection(self) -> socket.socket:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            pass
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_TIMEOUT_SECONDS)
        try:
            connection.connect(self._path)
        except OSError:
            connection.close()
            raise
        return connection


def _received(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    header_length, body_length = LENGTHS.unpack(_read(connection, LENGTHS.size))
    status, headers = json.loads(_read(connection, header_length))
    return status, headers, _read(connection, body_length)


def _read(connection: socket.socket, length: int) -> bytes:
    content = bytearray(length)
    rest = memoryview(content)
    while rest:
        count = connection.recv_into(rest)
        if count == 0:
            raise ConnectionResetError("the engine has closed the link")
        rest = rest[count:]
    return bytes(content)
