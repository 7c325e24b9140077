"""Parts of large values that may not be used any more."""

from shared.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class UnusedParts:
    """Parts that a page has dropped, or whose write has not ended in time.

    Attributes:
        partition: The partition key of the subject.
        page: The sort key of the page that refers, or would refer, to the parts.
        parts: The sort keys of the parts, in the order in which they were stored.
        may_be_written: Whether the write may still refer to the parts.
    """

    partition: str
    page: str
    parts: tuple[str, ...]
    may_be_written: bool = False
