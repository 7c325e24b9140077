"""Format instants for the native API: RFC 3339, in UTC, to the millisecond."""

from datetime import datetime

from shared.validation.instants import to_the_millisecond

_MAX_CHARS = 40


def format_instant(at: datetime | None) -> str | None:
    """Format an instant. None stays None."""
    return None if at is None else to_the_millisecond(at)


def instant_fault(text: str) -> str | None:
    """Return why a text is no instant with an offset, or None."""
    if len(text) <= _MAX_CHARS:
        try:
            if datetime.fromisoformat(text).tzinfo is not None:
                return None
        except ValueError:
            pass
    return "it must be an instant as RFC 3339 writes it, such as 2026-11-22T05:00:00Z"
