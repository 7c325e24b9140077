"""Retry read-then-write operations that conflict with other writers."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from shared.domain.errors import Unavailable, WriteConflict

T = TypeVar("T")

_MAX_DELAYS = (0.0, 0.02, 0.04, 0.08, 0.16, 0.32, *(0.64,) * 6)
"""The longest delay before each attempt, in seconds.

Delays are random, so that concurrent writers do not retry at the same time. Eight writers of one
contact were measured to need up to eight attempts; slower writes need more.
"""

MAX_ATTEMPTS = len(_MAX_DELAYS)
"""How often a conflicting operation is tried."""


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Call a function again while it raises WriteConflict.

    Each call of the function must read again what its write depends on.

    Raises:
        Unavailable: Every attempt has conflicted with another writer.

    """
    conflict: WriteConflict | None = None
    for max_delay in _MAX_DELAYS:
        if max_delay:
            time.sleep(random.uniform(0, max_delay))  # noqa: S311 - jitter, not a secret
        try:
            return attempt()
        except WriteConflict as error:
            conflict = error
    raise Unavailable from conflict
