"""Wait for a process to listen."""

import socket
import time

from local.ports import HOST

_PATIENCE_SECONDS = 20
_PAUSE_SECONDS = 0.002


def when_listening(port: int) -> None:
    """Wait until a process listens on the port.

    Raises:
        OSError: No process listens after 20 seconds.
    """
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
