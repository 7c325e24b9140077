"""Parse dates and times of the command line."""

from datetime import UTC, datetime

from shared.validation.values import is_iso_date


def parse_instant(text: str) -> datetime:
    """Parse an ISO 8601 date or time. A missing zone means UTC, a date its midnight.

    Returns:
        The time in UTC, in milliseconds, as the table stores it.

    Raises:
        ValueError: The text is no such date or time, or its year is not between 1 and 9999.
    """
    if not is_iso_date(text):
        raise ValueError("it must be an ISO date or time such as 2024-01-01T10:00:00Z")
    at = datetime.fromisoformat(text)
    try:
        in_utc = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("it must be in the years 1 to 9999") from None
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)
