"""Definitions and values of variables, and the ports that store them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience

if TYPE_CHECKING:
    from shared.domain.contacts import Contact


JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

Value: TypeAlias = str | int | float | bool
"""The value of a variable, as JSON represents it."""


class VariableType(StrEnum):
    """The data type of a variable."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"


class ContextType(StrEnum):
    """The kind of subject that a variable belongs to."""

    CONTACT = "contact"
    BUSINESS = "business"
    CONVERSATION = "conversation"


class Category(StrEnum):
    """The origin of a definition."""

    CUSTOM = "custom"
    APP = "app"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionDraft:
    """A variable definition without an id.

    Attributes:
        is_default: Whether the system provides the definition. It cannot be changed or deleted.
        select_options: The allowed values of a select variable.
        aliases: Further names that incoming values are matched by.
        structure: The structure of the JSON that the text of the variable contains. None for
            plain text, empty for JSON of unknown structure.
        owner: The user that the definition belongs to, or None.
        team: The team that the definition belongs to, or None.
    """

    name: str
    display_name: str
    variable_type: VariableType
    context_type: ContextType
    description: str | None = None
    category: Category = Category.CUSTOM
    is_default: bool = False
    select_options: tuple[str, ...] | None = None
    default_value: str | None = None
    aliases: tuple[str, ...] = ()
    structure: str | None = None
    owner: str | None = None
    team: int | None = None

    @property
    def audience(self) -> Audience:
        """Who can see the definition and its values."""
        return Audience(self.owner, self.team)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(DefinitionDraft):
    """A variable definition. Its name is unique in its account and context type.

    Attributes:
        definition_id: The id. Ids are never reused.
        slot: The storage slot of the values. The slot outlives the definition: a definition that
            is created again under the same name has the same values.
    """

    definition_id: int
    slot: int
    external_id: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted definition. Keeps the slot of its stored values and their audience."""

    name: str
    slot: int
    audience: Audience = WHOLE_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefinition(Definition):
    """A new definition under the name of a deleted one that had another audience.

    It has a new slot. The values in the slot of `deleted` are never shown again.
    """

    deleted: Tombstone


@dataclass(frozen=True, slots=True)
class SlotIndex:
    """The current names and audiences of slots, for reading values.

    Attributes:
        names: The current names of renamed variables. An empty name marks a slot whose values
            are hidden, because another variable has taken the name.
        audiences: The audiences of the slots that only a user or a team can see.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    audiences: Mapping[int, Audience] = field(default_factory=dict)

    def audience_of(self, slot: int) -> Audience:
        """Return who can see the values in a slot."""
        return self.audiences.get(slot, WHOLE_ACCOUNT)


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A stored value, with the name and type of its variable when it was set."""

    slot: int
    name: str
    value: Value
    variable_type: VariableType
    updated_at: datetime
    audience: Audience = WHOLE_ACCOUNT


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable to set, or to clear if `value` is None."""

    slot: int
    name: str
    variable_type: VariableType
    value: Value | None


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A variable that was set, with the value as it was stored."""

    definition: Definition
    value: Value


@dataclass(frozen=True, slots=True)
class SetRules:
    """How an API handles unknown variables and invalid or large values.

    Attributes:
        create_undefined: Create a definition for an unknown name instead of failing. Its type is
            inferred from the value.
        keep_invalid: Store a value that does not match its type as text instead of failing.
        keep_form: Store text as it was sent instead of normalizing it for its type.
        in_parts: Allow several writes for values that are too large for one.
        new_as_text: Create definitions of type text, and store their values as text.
    """

    create_undefined: bool = False
    keep_invalid: bool = False
    keep_form: bool = False
    in_parts: bool = False
    new_as_text: bool = False


STRICT = SetRules()
"""Reject unknown names and invalid values."""

AUTO_CREATE = SetRules(create_undefined=True)
"""Define unknown names; reject invalid values."""

LENIENT = SetRules(create_undefined=True, keep_invalid=True)
"""Define unknown names; store invalid values as text."""

VERBATIM = SetRules(keep_invalid=True, keep_form=True)
"""Reject unknown names; store every value as it was sent."""

VERBATIM_AUTO_CREATE = SetRules(create_undefined=True, keep_invalid=True, keep_form=True)
"""Define unknown names; store every value as it was sent."""

LENIENT_TEXT = SetRules(create_undefined=True, keep_invalid=True, new_as_text=True, in_parts=True)
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
class AllocatedIds:
    """The first of several consecutive definition ids, and of as many slots."""

    first_id: int
    first_slot: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """A value that was extracted from text, with a confidence from 0 to 1."""

    name: str
    value: JsonValue
    confidence: float


class Definitions(Protocol):
    """Stores variable definitions."""

    def list(self, account_id: str) -> list[Definition]:
        """Return all definitions of an account, in order of id."""

    def find(self, account_id: str, reference: int | str) -> Definition | None:
        """Return the definition with this id or external id, or None."""

    def find_by_names(
        self, account_id: str, context_type: ContextType, names: Iterable[str]
    ) -> dict[str, Definition | Tombstone]:
        """Return the definition or tombstone of each name.

        Omits names that were never defined.
        """

    def allocate_ids(self, account_id: str, context_type: ContextType, count: int) -> AllocatedIds:
        """Allocate `count` definition ids and slots that were never allocated.

        Raises:
            TooManyDefinitions: The account would exceed its limit of definitions.
        """

    def allocate_slots(self, account_id: str, context_type: ContextType, count: int) -> int:
        """Return the first of `count` new slots, for definitions that already have ids."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all definition ids up to this one from allocation."""

    def add(self, account_id: str, definitions: Sequence[Definition]) -> None:
        """Store up to 30 new definitions in one transaction.

        Raises:
            WriteConflict: A definition with one of the names exists.
        """

    def slot_index(self, account_id: str, context_type: ContextType) -> SlotIndex:
        """Return the current names and audiences of slots. Strongly consistent."""

    def replace(self, account_id: str, before: Definition, after: Definition) -> None:
        """Replace a definition.

        Raises:
            WriteConflict: The definition has another version than `before`.
        """

    def rename(
        self, account_id: str, before: Definition, after: Definition, displaced: Tombstone | None
    ) -> None:
        """Store a definition under a new name. Its values keep their slot.

        Args:
            account_id: The account of the definition.
            before: The definition as it was read.
            after: The definition with the new name.
            displaced: The tombstone of the new name, if any. Its values are hidden.

        Raises:
            WriteConflict: The definition has another version than `before`, or the new name is
                taken.
        """

    def delete(self, account_id: str, definition: Definition) -> None:
        """Replace a definition by a tombstone.

        Raises:
            WriteConflict: The definition has another version.
        """


class Variables(Protocol):
    """Stores the values of variables."""

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> VariableLookup:
        """Look up names, and the contact if the subject is one, in a single request."""

    def save(
        self,
        account_id: str,
        subject: Subject,
        assignments: Sequence[Assignment],
        created: Sequence[Definition],
        by: Attribution,
        *,
        in_parts: bool = False,
    ) -> None:
        """Store values, and the definitions created for them, in one transaction.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            assignments: The variables to set or clear.
            created: Definitions to store with the values.
            by: Who writes the values.
            in_parts: Allow several writes for values that are too large for one transaction.

        Raises:
            WriteConflict: The subject does not exist, or a definition with one of the new names
                was created concurrently.
            ContextTooLarge: The values are too large for one transaction.
        """

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Return all values of a subject, in order of slot, with current names."""

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition
    ) -> StoredValue | None:
        """Return the value of a variable on a subject, or None."""

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
        """Clear the values of a subject that the caller can see.

        Clears page by page if the values are too many for one transaction.

        Args:
            account_id: The account of the subject.
            subject: What the values are stored on.
            by: Who clears the values.
            sees: Returns whether the caller is in an audience.

        Raises:
            WriteConflict: The values changed since they were read.
        """


class Extractor(Protocol):
    """Extracts values of variables from free text."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """Return the values of these definitions that a text states, not yet validated."""
