"""How the service's own API writes instants: RFC 3339, in UTC, to the millisecond."""

from datetime import datetime

from shared.validation.instants import to_the_millisecond


def written(at: datetime | None) -> str | None:
    """An instant, or null for none."""
    return None if at is None else to_the_millisecond(at)
