"""The headers of lists that read the contact index, or not every contact."""

from collections.abc import Mapping
from datetime import datetime

from shared.validation.instants import to_the_millisecond

INDEX_AS_OF = "index-as-of"
"""The header with the time of the newest change of a contact that the index has."""

LIMITED_TO_NEWEST = "limited-to-newest"
"""The header with the number of the newest contacts that were read, if there are more."""

LIMITED_TO_OLDEST = "limited-to-oldest"
"""The header with the most contacts of a list without a limit, if there are newer ones."""


def index_headers(
    as_of: datetime | None, limited_to: int | None = None, limited_to_oldest: int | None = None
) -> Mapping[str, str]:
    """Return the headers of a list.

    Args:
        as_of: When the newest change was written that the index has. None if it was not read.
        limited_to: How many of the newest contacts were read. None for all that the list needs.
        limited_to_oldest: How many of the oldest contacts are listed at most. None for all.
    """
    headers = {} if as_of is None else {INDEX_AS_OF: to_the_millisecond(as_of)}
    if limited_to is not None:
        headers[LIMITED_TO_NEWEST] = str(limited_to)
    if limited_to_oldest is not None:
        headers[LIMITED_TO_OLDEST] = str(limited_to_oldest)
    return headers
