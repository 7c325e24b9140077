"""Merges of two contacts of one person, and the ports that make and follow them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from shared.domain.accounts import Attribution
from shared.domain.contacts import Contact, ContactWithValues
from shared.domain.records import dataclass
from shared.domain.suggestions import Suggestion
from shared.domain.value_changes import ChangeResult, IdempotencyRecord, RequestTerms
from shared.domain.values import StoredValue


class Side(StrEnum):
    """One of the two contacts of a merge."""

    SURVIVOR = "survivor"
    """The contact that stays."""

    FROM = "from"
    """The contact that is merged into it."""


@dataclass(frozen=True, slots=True)
class MergeOrder:
    """What a request asks for.

    Attributes:
        survivor_id: The contact that stays.
        merged_id: The contact that is merged into it.
        prefer: Whose value of a variable is kept if both have one, by the name of the variable.
        is_dry_run: Whether to return what the merge would do, and to write nothing.
    """

    survivor_id: int
    merged_id: int
    prefer: Mapping[str, Side] = field(default_factory=dict)
    is_dry_run: bool = False
    terms: RequestTerms = field(default_factory=RequestTerms)


@dataclass(frozen=True, slots=True)
class ValueConflict:
    """A variable of which both contacts have a value.

    Attributes:
        kept: The value that the survivor has afterwards.
        lost: The other one, which becomes a suggestion.
        side: Whose value the lost one is.
    """

    kept: StoredValue
    lost: StoredValue
    side: Side


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge writes.

    Attributes:
        survivor: The contact that stays, as it is afterwards.
        taken: The values that it takes over from the merged contact.
        suggested: The values that it does not keep.
    """

    survivor: Contact
    taken: Sequence[StoredValue]
    suggested: Sequence[ValueConflict]


@dataclass(frozen=True, slots=True)
class NotKept:
    """A value that the survivor does not have after a merge.

    Attributes:
        value: None in a replay, because idempotency records have no values.
        is_withheld: Whether the caller does not get the value.
    """

    name: str
    side: Side
    suggestion_id: str
    value: StoredValue | None = None
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class MergedContacts:
    """The result of a merge.

    Attributes:
        contact: The survivor afterwards.
        stored: The survivor as it is stored: in a dry run, as it was read.
        merged: The merged contact as it was. None in a replay.
        results: What became of the variables that have changed or are in conflict, by name.
        not_kept: The values that the survivor does not have.
        fields_not_kept: The fields of the merged contact that the survivor does not have.
    """

    contact: Contact
    stored: Contact
    merged_id: int
    results: Mapping[str, ChangeResult]
    not_kept: Sequence[NotKept]
    merged: Contact | None = None
    fields_not_kept: Sequence[str] = ()
    is_dry_run: bool = False
    is_replay: bool = False


class ContactPair(Protocol):
    """Two contacts with all of their values as they were read, which can be merged as such."""

    @property
    def survivor(self) -> ContactWithValues:
        """The contact that stays, with all values. A name is empty if it is another variable's."""

    @property
    def merged(self) -> ContactWithValues:
        """The contact that is merged into it, with all values."""

    def suggestions(self, plan: MergePlan, by: Attribution) -> Sequence[Suggestion]:
        """Return the suggestions that the lost values become, in their order."""

    def check_size(self, plan: MergePlan, by: Attribution) -> None:
        """Require that the merge fits into one transaction; raises TooLargeToMerge."""

    def merge(self, plan: MergePlan, by: Attribution, record: IdempotencyRecord | None) -> None:
        """Merge the contacts in one transaction.

        Raises:
            WriteConflict: One of the contacts has changed since it was read, a definition has been
                created, or there is a record of the key.
            RequestInProgress: Another request is writing the record.
            TooLargeToMerge: The writes do not fit into one transaction.
        """


class Merges(Protocol):
    """Merges contacts."""

    def read(self, account_id: str, survivor_id: int, merged_id: int) -> ContactPair | None:
        """Return two contacts with all of their values, or None unless both exist."""
