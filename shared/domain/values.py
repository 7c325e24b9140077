"""Values of variables, and the ports that store and extract them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import field
from datetime import datetime
from os import urandom
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.definitions import ContextType, Definition, Tombstone, VariableType
from shared.domain.json_values import JsonValue, Value
from shared.domain.records import dataclass
from shared.domain.sources import LAST_WRITE_WINS, Precedence, Source, weaker_source

if TYPE_CHECKING:
    from shared.domain.contacts import Contact
    from shared.domain.suggestions import Suggestion
    from shared.domain.value_changes import ValuesSnapshot, WriteGuard, WrittenValues

NONCE_BYTES = 3
"""The size of the nonce in the version of a value."""

VALUES_PER_PAGE = 32
"""The number of slots on a page."""

MAX_PAGES_PER_WRITE = 99
"""The most pages that one write sets: one of its 100 writes is for the contact."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A stored value, with the name and type of its variable when it was set.

    Attributes:
        version: Changes with every write of the value.
        source: Where the value comes from.
        set_by: The fingerprint of the API key that set the value, as `key_fingerprint` makes it.
            Empty if the key is not known.
        confidence: How sure the writer was, from 0 to 1, or None if it did not say.
        has_evidence: Whether the evidence of the value is stored.
    """

    slot: int
    name: str
    value: Value
    variable_type: VariableType
    updated_at: datetime
    audience: Audience = WHOLE_ACCOUNT
    version: str = ""
    source: Source = Source.API
    set_by: str = ""
    confidence: float | None = None
    has_evidence: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a value was taken from.

    Attributes:
        quote: The words of the conversation, up to 1,024 bytes.
    """

    call_id: str | None = None
    turn: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class SourcedValue:
    """A value of a request, with what the request says about it.

    Attributes:
        source: The source of the value, if it is weaker than that of the request.
        confidence: How sure the writer is, from 0 to 1.
    """

    value: JsonValue
    source: Source | None = None
    confidence: float | None = None
    evidence: Evidence | None = None


SentValue: TypeAlias = "JsonValue | SourcedValue"
"""A value as a request sends it. None removes the value of a variable."""


def _nonce() -> bytes:
    return urandom(NONCE_BYTES)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable to set, or to clear if `value` is None.

    Attributes:
        precedence: Which source may replace the stored value.
        stale_after_seconds: The age from which any source may replace the stored value.
        confidence: How sure the writer is, from 0 to 1.
        source: The source of the value, if it is weaker than that of the write.
        is_blind: The writer may not read the stored value, so even an equal value becomes a
            suggestion.
        facts: The kind and the facts of a stored record that is copied with its value. None for a
            new value.
        nonce: What makes the version of the value its own.
    """

    slot: int
    name: str
    variable_type: VariableType
    value: Value | None
    precedence: Precedence = LAST_WRITE_WINS
    stale_after_seconds: int | None = None
    confidence: float | None = None
    evidence: Evidence | None = None
    source: Source | None = None
    is_blind: bool = False
    facts: tuple[str, Any] | None = None
    nonce: bytes = field(default_factory=_nonce, compare=False)

    def source_of(self, by: Attribution) -> Source:
        """Return the source of the value in a write."""
        if self.source is None:
            return by.value_source
        return weaker_source(by.value_source, self.source)


@dataclass(frozen=True, slots=True)
class WrittenVariable:
    """A variable with the value that a request set, also if it became a suggestion."""

    definition: Definition
    value: Value


@dataclass(frozen=True, slots=True)
class VariablesSet:
    """The outcome of a set.

    Attributes:
        variables: The variables that have a value in the request, in its order. Those of
            suggestions are among them.
        suggestions: What was not stored, because a stronger source had set another value.
    """

    variables: "Sequence[WrittenVariable]"
    suggestions: "Sequence[Suggestion]" = ()


@dataclass(frozen=True, slots=True)
class SetRules:
    """How an API handles unknown variables and invalid or large values.

    Attributes:
        create_undefined: Create a definition for an unknown name instead of failing. Its type is
            inferred from the value.
        keep_invalid: Store a value that does not match its type as text instead of failing.
        verbatim: Store text as it was sent instead of normalizing it for its type.
        several_transactions: Use several transactions for values that are too large for one.
        new_as_text: Create definitions of type text, and store their values as text.
    """

    create_undefined: bool = False
    keep_invalid: bool = False
    verbatim: bool = False
    several_transactions: bool = False
    new_as_text: bool = False


STRICT = SetRules()
"""Reject unknown names and invalid values."""

AUTO_CREATE = SetRules(create_undefined=True)
"""Define unknown names; reject invalid values."""

LENIENT = SetRules(create_undefined=True, keep_invalid=True)
"""Define unknown names; store invalid values as text."""

VERBATIM = SetRules(keep_invalid=True, verbatim=True)
"""Reject unknown names; store every value as it was sent."""

VERBATIM_AUTO_CREATE = SetRules(create_undefined=True, keep_invalid=True, verbatim=True)
"""Define unknown names; store every value as it was sent."""

LENIENT_TEXT = SetRules(
    create_undefined=True, keep_invalid=True, new_as_text=True, several_transactions=True
)
"""Define unknown names as text; store invalid values as text; allow large writes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What variables are stored on: a contact, a conversation, or the business."""

    context_type: ContextType
    subject_id: str = ""

    @classmethod
    def contact(cls, contact_id: int) -> "Subject":
        """Return the subject of a contact."""
        return cls(ContextType.CONTACT, str(contact_id))

    @classmethod
    def conversation(cls, conversation_id: str) -> "Subject":
        """Return the subject of a conversation."""
        return cls(ContextType.CONVERSATION, conversation_id)


BUSINESS = Subject(ContextType.BUSINESS)


@dataclass(frozen=True, slots=True)
class VariableLookup:
    """The contact of a subject, and the definitions of names, deleted ones included."""

    contact: "Contact | None"
    definitions: dict[str, Definition | Tombstone]


@dataclass(frozen=True, slots=True)
class Extracted:
    """A value that was extracted from text, with a confidence from 0 to 1."""

    name: str
    value: JsonValue
    confidence: float


class Variables(Protocol):
    """Stores variables: the values of contacts, conversations and businesses.

    `Definitions` stores what declares them.
    """

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> VariableLookup:
        """Look up names, and the contact if the subject is one.

        Sends one request for each 100 keys: a name is one, and the contact.
        """

    def save(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        *,
        several_transactions: bool = False,
    ) -> "Sequence[Suggestion]":
        """Store all values or none, and the definitions created for them.

        Definitions that do not fit into the transaction of the values are created before it, and
        stay if it fails. Values that may not replace what is stored become suggestions, in the
        same transaction.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            assignments: The variables to set or clear.
            created: Definitions to store with the values.
            by: Who writes the values.
            several_transactions: Use several transactions if one is too small. A failure can then
                leave some of the values stored.

        Returns:
            The suggestions.

        Raises:
            WriteConflict: The subject does not exist, or another request wrote its values or
                created a definition with one of the new names.
            ContextTooLarge: The values do not fit into a transaction, and `several_transactions`
                is false.
        """

    def write(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        guard: "WriteGuard | None" = None,
    ) -> "WrittenValues":
        """Store values as `save`, and tell what became of each.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            assignments: The variables to set or clear.
            created: Definitions to store with the values.
            by: Who writes the values.
            guard: What the write requires, and the record of its request. The write then takes
                effect once, also when a response of the storage is lost.

        Raises:
            WriteConflict: As `save`, or the requirements of the guard are not met.
            RequestInProgress: Another request is writing the record of the guard.
            ContextTooLarge: The values do not fit into a transaction.
        """

    def as_stored(self, assignment: Assignment, by: Attribution) -> StoredValue:
        """Return the value that a write of an assignment stores."""

    def snapshot(
        self, account_id: str, subject: Subject, slots: Collection[int] | None = None
    ) -> "ValuesSnapshot":
        """Return the values of a subject, for a write that depends on them.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            slots: The slots to read, without current names and audiences. None for all, with them.

        Raises:
            Unavailable: The values were changed during each of several reads.
        """

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Return all values of a subject, in order of slot, with current names.

        Raises:
            Unavailable: The values were changed during each of several reads.
        """

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition | Tombstone
    ) -> StoredValue | None:
        """Return the value of a variable on a subject, or None.

        Raises:
            Unavailable: The value was changed during each of several reads.
        """

    def find_evidence(
        self, account_id: str, subject: Subject, value: StoredValue
    ) -> Evidence | None:
        """Return the evidence of a value, or None."""

    def values_of_many(
        self, account_id: str, contact_ids: Sequence[int], definition: Definition
    ) -> dict[int, StoredValue]:
        """Return the values of a variable on several contacts, by contact id.

        Omits contacts without a value.
        """

    def clear(
        self,
        account_id: str,
        subject: Subject,
        by: Attribution,
        sees: Callable[[Audience], bool],
    ) -> None:
        """Clear the values of a subject that the caller can see and may replace.

        Suggests to remove those that are of a stronger source.
        Clears page by page if the values are too many for one transaction.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            by: Who clears the values.
            sees: Returns whether the caller is in an audience.

        Raises:
            WriteConflict: The values changed since they were read. Some may have been cleared.
        """


class Extractor(Protocol):
    """Extracts values of variables from free text."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """Return the values of these definitions that a text states, not yet validated."""
