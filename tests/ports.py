"""Ports for servers under test."""

import itertools
import os
import socket

_FIRST = 15_000
_PER_WORKER = 1_500
# Below the ports that systems give to outgoing connections, each test process in a range of its
# own: a port that was free a moment ago is then still free when a server is started on it.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_CANDIDATES = itertools.count(_FIRST + _WORKER * _PER_WORKER + os.getpid() % 1_000)


def free_port() -> int:
    """A port on 127.0.0.1 that nothing listens on and that no other test is given."""
    for port in _CANDIDATES:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("the numbers of ports have no end")
