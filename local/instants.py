"""Moments as people write them."""

from datetime import UTC, datetime

from shared.validation.values import is_iso_date


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 date or time; one without a zone is UTC, a date is its first moment.

    Returns: the moment in UTC, to the millisecond, as the table keeps it.

    Raises:
        ValueError: it is no such text, or outside of the years 1 to 9999; the message says so.

    """
    if not is_iso_date(text):
        raise ValueError("it must be an ISO date or time such as 2024-01-01T10:00:00Z")
    at = datetime.fromisoformat(text)
    try:
        in_utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("it must be in the years 1 to 9999") from None
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)
