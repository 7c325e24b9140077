"""Find free ports for servers under test."""

import itertools
import os
import socket

_FIRST = 15_000
_PER_WORKER = 1_500
# These ports are below those of outgoing connections, and each test process has a range of its own.
# So a port that was found free is still free when a server starts on it.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_CANDIDATES = itertools.count(_FIRST + _WORKER * _PER_WORKER + os.getpid() % 1_000)


def free_port() -> int:
    """Return a free port on 127.0.0.1 that no other test gets."""
    for port in _CANDIDATES:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("the numbers of ports have no end")
