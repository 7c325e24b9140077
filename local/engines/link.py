"""The link of the local API to the embedded engine: requests and responses as frames.

Both are processes of this project. HTTP between them takes more CPU than most requests themselves;
a frame is a header of JSON and a body, each with its length before it. Everything else speaks HTTP
to the engine: its services are the same on both ways.
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
"""The lengths of a frame's header and its body, which follow."""

SOCKET_NAME: Final = "engine"

_MAX_PATH_BYTES: Final = 100
"""The address of a Unix socket has 104 bytes on macOS, and a few more on Linux."""

_TIMEOUT_SECONDS: Final = 20


def frame(header: Any, body: bytes) -> bytes:
    """Return a frame as it is sent."""
    encoded = json.dumps(header, separators=(",", ":")).encode("ascii")
    return LENGTHS.pack(len(encoded), len(body)) + encoded + body


def socket_in(folder: Path) -> Path | None:
    """Return where in a folder the engine listens; None where that is no address of a socket."""
    path = folder / SOCKET_NAME
    return path if len(os.fsencode(path)) <= _MAX_PATH_BYTES else None


class EngineLink:
    """Sends requests over the link, for any number of threads; connections are kept.

    Args:
        path: of the engine's socket.

    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._idle: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()

    def send(self, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Send one request, and return status, headers and body of the response.

        Raises:
            OSError: there is no response.

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
        """Close the connections that are not in use."""
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
