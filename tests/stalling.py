"""Stall storage, so that functions respond at their deadline without it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.domain.deadlines import current_deadline
from shared.wiring import resolving
from tests.failures import FAILURES, failing

_LONGEST_SECONDS = 30


@contextmanager
def stalled(*operations: str) -> Iterator[None]:
    """Stall operations of functions with a deadline until the end, when they fail.

    The deadline passes as soon as a request sends one of them, so no test waits for it.
    """
    before = set(threading.enumerate())
    is_over = threading.Event()

    def last(_: dict[str, Any]) -> Any:
        deadline = current_deadline()
        assert deadline is not None
        deadline.move(0)
        is_over.wait(_LONGEST_SECONDS)
        return FAILURES["throttled"]

    with failing(dict.fromkeys(operations, last), resolving.table()):
        try:
            yield
        finally:
            is_over.set()
            for each in set(threading.enumerate()) - before:
                # A thread that is just being started is listed but cannot be joined yet.
                while each in threading.enumerate() and not each.is_alive():
                    time.sleep(0.001)
                each.join(_LONGEST_SECONDS)
