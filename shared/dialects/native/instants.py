"""Format instants for the native API: RFC 3339, in UTC, to the millisecond."""

from datetime import datetime

from shared.validation.instants import to_the_millisecond


def format_instant(at: datetime | None) -> str | None:
    """Format an instant. None stays None."""
    return None if at is None else to_the_millisecond(at)
