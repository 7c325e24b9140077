"""Ids that nobody had before, in the order of time."""

from datetime import datetime
from os import urandom


def timed_id(prefix: str, now: datetime) -> str:
    """A new id with a prefix: a list by such ids has the oldest first."""
    return f"{prefix}{int(now.timestamp() * 1000):011x}{urandom(8).hex()}"
