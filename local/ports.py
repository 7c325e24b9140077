"""Ports on 127.0.0.1, checked before anything starts on them."""

import socket
import time

from local.failure import LocalApiError

HOST = "127.0.0.1"


def listening_socket(port: int, option: str, *, patience_seconds: float = 0) -> socket.socket:
    """Take a port on 127.0.0.1; the caller closes the socket.

    Args:
        port: the port; 0 takes any that is free.
        option: the command-line option that chooses another port, for the message.
        patience_seconds: how long to wait for a process that is just leaving the port.

    Raises:
        LocalApiError: the port is taken, or may not be used.

    """
    deadline = time.monotonic() + patience_seconds
    while True:
        # Named in full, for asyncio sends small answers at once only on sockets that say TCP.
        processed = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # Connections of an earlier run, still fading out, must not look like a server.
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
