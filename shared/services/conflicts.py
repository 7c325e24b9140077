"""Writers that meet: the one that comes second reads again and tries again."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from shared.domain.errors import Unavailable, WriteConflict

T = TypeVar("T")

_LONGEST_PAUSES = (0.0, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64)
"""Seconds before each try; drawn between nothing and this, so that writers fall out of step."""


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Run a read-then-write until no other writer came between.

    Raises Unavailable when others were faster every time.
    """
    for longest_pause in _LONGEST_PAUSES:
        if longest_pause:
            time.sleep(random.uniform(0, longest_pause))  # noqa: S311 - jitter, not a secret
        try:
            return attempt()
        except WriteConflict:
            continue
    raise Unavailable
