"""Instants of UTC as text, in the two forms of ISO 8601 that APIs show."""

from datetime import datetime


def to_the_second(at: datetime) -> str:
    """An instant without its fraction, such as `2025-09-29T07:08:00Z`."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def to_the_millisecond(at: datetime) -> str:
    """An instant with three digits of its fraction, such as `2025-09-29T07:08:00.000Z`."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
