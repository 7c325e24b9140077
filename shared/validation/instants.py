"""Formatting of UTC times in the two ISO 8601 formats that the APIs use."""

from datetime import datetime


def to_the_second(at: datetime) -> str:
    """Format a time with seconds, such as `2025-09-29T07:08:00Z`."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def to_the_millisecond(at: datetime) -> str:
    """Format a time with milliseconds, such as `2025-09-29T07:08:00.000Z`."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
