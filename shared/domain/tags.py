"""Tags of an account, and the port that stores them."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of the account's catalogue of tags."""

    tag_id: int
    value: str
    entity_type: str = "CONTACT"


class Tags(Protocol):
    """Stores the tags of an account."""

    def allocate_ids(self, account_id: str, count: int) -> int:
        """Return the first of `count` consecutive tag ids that were never allocated."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all tag ids up to this one from allocation."""

    def add(self, account_id: str, *tags: Tag) -> None:
        """Store up to 50 new tags in one transaction.

        Raises:
            WriteConflict: A tag with the same id, or with the same type and value, exists.
        """

    def find_by_ids(self, account_id: str, tag_ids: Sequence[int]) -> list[Tag]:
        """Return the tags that exist, in any order."""

    def find_by_values(self, account_id: str, entity_type: str, values: Sequence[str]) -> list[Tag]:
        """Return the tags that exist, in any order."""

    def list_page(self, account_id: str, after: int, limit: int) -> tuple[list[Tag], bool]:
        """Return at most `limit` tags with ids above one, and whether there may be more."""

    def list(self, account_id: str) -> list[Tag]:
        """Return all tags of the account, in order of id."""
