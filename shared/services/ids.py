"""Generate unique ids that sort by creation time."""

from datetime import datetime
from os import urandom


def timed_id(prefix: str, now: datetime) -> str:
    """Return a new id: the prefix, the time in milliseconds, and 64 random bits."""
    return f"{prefix}{int(now.timestamp() * 1000):011x}{urandom(8).hex()}"
