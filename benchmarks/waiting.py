"""Waiting for a process of ours to listen."""

import socket
import time

from local.ports import HOST

_PATIENCE_SECONDS = 20
_PAUSE_SECONDS = 0.002


def when_listening(port: int) -> None:
    """Return once something listens on the port; raises OSError after 20 seconds without."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
