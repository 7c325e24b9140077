"""The header of lists that read the contact index: how far the index has followed the contacts."""

from collections.abc import Mapping
from datetime import datetime

from shared.validation.instants import to_the_millisecond

INDEX_AS_OF = "index-as-of"
"""The header with the time of the newest change of a contact that the index has."""


def index_headers(as_of: datetime | None) -> Mapping[str, str]:
    """Return the header of a list. None if the list did not read the index."""
    return {} if as_of is None else {INDEX_AS_OF: to_the_millisecond(as_of)}
