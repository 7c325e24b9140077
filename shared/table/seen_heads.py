"""The heads that the current request has read, and the time in which it may make calls.

A request reads the head of an account before the definitions that it uses from memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from math import inf
from time import monotonic

from shared.domain.errors import Unavailable
from shared.domain.records import dataclass
from shared.table.account_head import AccountHead


@dataclass(slots=True)
class SeenHeads:
    """The heads that one request has read.

    Attributes:
        latest_call: When its last call may begin, by `time.monotonic`.
        heads: The latest head of each account.
        trusted: Whether definitions in memory may still be used.
    """

    latest_call: float
    heads: dict[str, AccountHead] = field(default_factory=dict)
    trusted: bool = True


_SEEN: ContextVar[SeenHeads | None] = ContextVar("seen_heads", default=None)


@contextmanager
def seeing_heads(seconds: float = inf) -> Iterator[None]:
    """Collect the heads that are read in the `with` block, which is one request.

    Args:
        seconds: How long the request may begin calls of DynamoDB.
    """
    token = _SEEN.set(SeenHeads(monotonic() + seconds))
    try:
        yield
    finally:
        _SEEN.reset(token)


def check_time_left(seconds: float = 0) -> None:
    """Raise Unavailable if the current request may begin no more calls of DynamoDB.

    Args:
        seconds: How long something takes that is done before the next call.
    """
    seen = _SEEN.get()
    if seen is not None and monotonic() + seconds > seen.latest_call:
        raise Unavailable


def is_collecting() -> bool:
    """Return whether a request collects the heads that it reads."""
    return _SEEN.get() is not None


def see_head(account_id: str, head: AccountHead) -> None:
    """Remember the head of an account for the rest of the request."""
    seen = _SEEN.get()
    if seen is not None:
        seen.heads[account_id] = head


def seen_head(account_id: str) -> AccountHead | None:
    """Return the head of an account that the request has read, or None."""
    seen = _SEEN.get()
    return seen.heads.get(account_id) if seen is not None else None


def trusted_head(account_id: str) -> AccountHead | None:
    """Return the head that definitions in memory may be compared with, or None."""
    seen = _SEEN.get()
    return seen.heads.get(account_id) if seen is not None and seen.trusted else None


def distrust_memory() -> None:
    """Read everything from the table for the rest of the request.

    Called after a conflict, and when something is newer than the head.
    """
    seen = _SEEN.get()
    if seen is not None:
        seen.trusted = False
