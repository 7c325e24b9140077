"""Read time-outs that pass as soon as a request stalls.

By the clock, a long time-out makes every stalled request slow, and a short one makes a busy machine
look like a fault. Here clients keep their long one. The proxy ends its side of the connection of a
stalled request, and the client's socket raises TimeoutError instead of telling the end.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class InstantTimeouts:
    """The connections whose time-outs have passed, by the address of their client.

    Both clients of DynamoDB read by `socket.recv_into`, which this replaces.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._passed: set[Any] = set()
        read = socket.socket.recv_into

        def read_in_time(client: socket.socket, *arguments: Any) -> int:
            count = read(client, *arguments)
            if not count and client.getsockname() in self._passed:
                raise TimeoutError("timed out")
            return count

        monkeypatch.setattr(socket.socket, "recv_into", read_in_time)

    @contextmanager
    def passed(self, client: Any) -> Iterator[None]:
        """Let the time-out of a connection pass at the end of what it receives."""
        self._passed.add(client)
        try:
            yield
        finally:
            self._passed.discard(client)
