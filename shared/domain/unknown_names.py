"""Names that writes were refused for, and the port that records them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.domain.definitions import Definition
from shared.domain.errors import UnknownName
from shared.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class NotedName:
    """A name that nobody has defined and that writes were refused for.

    Attributes:
        unknown: The name as it was sent, and the context type.
        requests: How many requests were refused for it, at least.
        first_seen: The hour of the first of them.
        last_seen: The hour of the last of them.
    """

    unknown: UnknownName
    requests: int
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class LikelyDefinition:
    """A definition that an unknown name may mean, and how alike the names are, from 0 to 1."""

    definition: Definition
    similarity: float


@dataclass(frozen=True, slots=True)
class OfferedName:
    """An unknown name with the definitions that it may be an alias of, the most similar first."""

    noted: NotedName
    suggestions: Sequence[LikelyDefinition]


class UnknownNames(Protocol):
    """Records names that writes were refused for. It has a limited number for each account."""

    def note(self, account_id: str, names: Sequence[UnknownName], at: datetime) -> None:
        """Count names of a refused request. Never fails, and sends at most one small write."""

    def list(self, account_id: str, now: datetime) -> Sequence[NotedName]:
        """Return the names of an account that came in the last 30 days, in no order."""
