"""How many contacts have a value of each variable, as it was counted last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shared.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ValueCount:
    """The contacts that had a value of a variable when they were counted."""

    contacts: int
    counted_at: datetime


class ValueCounts(Protocol):
    """Stores the counts of an account."""

    def find(self, account_id: str, slot: int) -> ValueCount | None:
        """Return the count of the contact variable with a slot, None if it was not counted."""

    def replace(self, account_id: str, by_slot: Mapping[int, int], counted_at: datetime) -> None:
        """Replace all counts of an account."""
