"""Instants as ChatCaptain writes them: ISO 8601 in UTC, to the millisecond."""

from datetime import datetime


def timestamp(at: datetime) -> str:
    """An instant of UTC, such as `2025-09-29T07:08:00.000Z`."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
