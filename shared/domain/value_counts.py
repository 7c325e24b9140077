"""How many subjects have a value of each variable, as it was counted last."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from shared.domain.definitions import ContextType
from shared.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ValueCount:
    """The subjects that had a value of a variable when they were counted."""

    subjects: int
    counted_at: datetime


class ValueCounts(Protocol):
    """Stores the counts of an account."""

    def find(self, account_id: str, context_type: ContextType, slot: int) -> ValueCount | None:
        """Return the count of the variable with a slot, None if it was not counted."""

    def replace(
        self,
        account_id: str,
        counts: Mapping[ContextType, Mapping[int, int]],
        counted_at: datetime,
    ) -> None:
        """Replace all counts of an account, which are by context type and slot."""
