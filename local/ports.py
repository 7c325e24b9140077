"""Bind ports on 127.0.0.1 before anything starts on them."""

import contextlib
import socket
import time

from local.failure import LocalApiError

HOST = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Return different ports that nothing listens on."""
    with contextlib.ExitStack() as bound:
        sockets = [bound.enter_context(listening_socket(0, "--port")) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def listening_socket(port: int, option: str, *, patience_seconds: float = 0) -> socket.socket:
    """Bind a port on 127.0.0.1. The caller closes the socket.

    Args:
        port: The port. 0 chooses a free one.
        option: The command-line option for the port, for the error message.
        patience_seconds: How long to wait for a process that is releasing the port.

    Raises:
        LocalApiError: The port is in use or not permitted.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        # Explicit TCP, because asyncio sets TCP_NODELAY only on sockets that state it.
        processed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # Ignore connections of an earlier run in TIME_WAIT.
        processed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            processed.bind((HOST, port))
        except OSError as error:
            processed.close()
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            message = f"Port {port} on {HOST} can't be used ({error.strerror}): "
            raise LocalApiError(message + f"choose another with {option}.") from error
        processed.listen()
        return processed
