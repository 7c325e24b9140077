"""Suggestions: values from sources too weak to replace what is stored, and their port."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.definitions import VariableType
from shared.domain.json_values import Value
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.values import Assignment, Evidence, Subject


class SuggestionState(StrEnum):
    """What a person decided about a suggestion."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A value that a writer could not set, because a stronger source had set another.

    Attributes:
        suggestion_id: Deterministic: derived from the writer, the value and the stored version.
        name: The name of the variable when the value was suggested.
        value: The suggested value. None suggests to remove the stored one.
        standing_version: The version of the value that stood.
        decided_by: The id of the API key that accepted or rejected it.
    """

    suggestion_id: str
    subject: Subject
    slot: int
    name: str
    variable_type: VariableType
    value: Value | None
    source: Source
    suggested_by: Attribution
    standing_version: str
    expires_at: datetime
    confidence: float | None = None
    evidence: Evidence | None = None
    audience: Audience = WHOLE_ACCOUNT
    state: SuggestionState = SuggestionState.PENDING
    decided_at: datetime | None = None
    decided_by: str = ""


class SuggestionPage(NamedTuple):
    """A page of suggestions, newest first. `following` is the cursor of the next page, or None."""

    suggestions: Sequence[Suggestion]
    following: str | None


class Suggestions(Protocol):
    """Stores suggestions. A write that becomes one stores it by `Variables` and `Contacts`."""

    def page(self, account_id: str, after: str | None, limit: int, now: datetime) -> SuggestionPage:
        """Return up to `limit` suggestions of an account after the cursor, newest first.

        A new suggestion can take a moment to appear. Expired ones are left out.
        """

    def page_of(
        self,
        account_id: str,
        subject: Subject,
        after: str | None,
        limit: int,
        now: datetime,
        merged_from: Sequence[Subject] = (),
    ) -> SuggestionPage:
        """Return up to `limit` suggestions for a subject after the cursor, newest first.

        With `merged_from`, those for contacts that were merged into it, too.
        """

    def find(self, account_id: str, suggestion_id: str, now: datetime) -> Suggestion | None:
        """Return a suggestion with the current name of its variable, or None."""

    def accept(
        self, account_id: str, suggestion: Suggestion, assignment: Assignment, by: Attribution
    ) -> None:
        """Set the suggested value and mark the suggestion as accepted, in one transaction.

        Raises:
            PermissionDenied: The acceptor's source may not replace the stored value, either.
            WriteConflict: The suggestion was decided, or the subject was changed, concurrently.
            ContextTooLarge: The value does not fit into a transaction.
        """

    def reject(self, account_id: str, suggestion: Suggestion, by: Attribution) -> None:
        """Mark a suggestion as rejected.

        Raises:
            WriteConflict: The suggestion was decided concurrently.
        """
