"""Definitions and values of variables, with the ports that store them."""

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
"""What a variable can hold, in the form JSON gives it."""


class VariableType(StrEnum):
    """The data type that a definition asks of its values."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"


class ContextType(StrEnum):
    """What a variable is about."""

    CONTACT = "contact"
    BUSINESS = "business"
    CONVERSATION = "conversation"


class Category(StrEnum):
    """Where a definition comes from."""

    CUSTOM = "custom"
    APP = "app"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionDraft:
    """A variable definition that has no number yet.

    `structure` is the JSON that a text of this variable has, as far as it is known: None for plain
    text, empty for JSON of any form.
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
        """Who can see the definition and the values stored under it."""
        return Audience(self.owner, self.team)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(DefinitionDraft):
    """A variable definition: its name is unique in its account and context type.

    `definition_id` is given once and never again. `slot` is the place of the name's values in
    storage: it outlives the definition, so a name that is defined again finds its values.
    """

    definition_id: int
    slot: int
    external_id: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted definition. Keeps the slot of its stored values, and who can see them."""

    name: str
    slot: int
    audience: Audience = WHOLE_ACCOUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Redefinition(Definition):
    """A new definition under the name of a deleted one that had another audience.

    It gets a slot of its own. The values in the slot of `deleted` are not shown again.
    """

    deleted: Tombstone


@dataclass(frozen=True, slots=True)
class SlotIndex:
    """What a reader of values needs to know about definitions, by slot.

    `names` has the current names of renamed variables; "" is a slot whose name another variable
    has taken. `audiences` has the slots that not the whole account can see.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    audiences: Mapping[int, Audience] = field(default_factory=dict)

    def audience_of(self, slot: int) -> Audience:
        """Who can see the values in a slot."""
        return self.audiences.get(slot, WHOLE_ACCOUNT)


@dataclass(frozen=True, slots=True)
class StoredValue:
    """A value as it is kept: with the name and type it was set under, and when."""

    slot: int
    name: str
    value: Value
    variable_type: VariableType
    updated_at: datetime
    audience: Audience = WHOLE_ACCOUNT


@dataclass(frozen=True, slots=True)
class Assignment:
    """One variable to set, or to remove when `value` is None."""

    slot: int
    name: str
    variable_type: VariableType
    value: Value | None


@dataclass(frozen=True, slots=True)
class SetVariable:
    """A variable that was set: what it is, and its value as it is kept now."""

    definition: Definition
    value: Value


@dataclass(frozen=True, slots=True)
class SetRules:
    """How an API handles unknown variables, invalid values and large writes.

    Attributes:
        create_undefined: Create a definition for an unknown name, with the type of its value.
            Otherwise reject the request.
        keep_invalid: Store a value that does not fit its type as text. Otherwise reject the
            request.
        keep_form: Store text as it was sent if its type would normalize it.
        in_parts: Write values that exceed one transaction in several.
        new_as_text: Create new definitions with the type text, and store their values as text.

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
    """What variables are kept on: a contact, a conversation, or the account's business."""

    context_type: ContextType
    subject_id: str = ""

    @classmethod
    def contact(cls, contact_id: int) -> "Subject":
        """The contact of that number."""
        return cls(ContextType.CONTACT, str(contact_id))

    @classmethod
    def conversation(cls, conversation_id: str) -> "Subject":
        """The conversation of that id."""
        return cls(ContextType.CONVERSATION, conversation_id)


BUSINESS = Subject(ContextType.BUSINESS)


@dataclass(frozen=True, slots=True)
class Found:
    """What a set needs to know: the contact it is for, and what its names stand for."""

    contact: "Contact | None"
    definitions: dict[str, Definition | Tombstone]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The first of several definition ids and the first of several slots, all unused."""

    first_id: int
    first_slot: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a text says about the field of that name, and how sure that is from 0 to 1."""

    name: str
    value: JsonValue
    confidence: float


class Definitions(Protocol):
    """Variable definitions."""

    def list(self, account_id: str) -> list[Definition]:
        """The account's definitions in order of id."""

    def find(self, account_id: str, reference: int | str) -> Definition | None:
        """The definition of that id, or of that external id, or None."""

    def find_by_names(
        self, account_id: str, context_type: ContextType, names: Iterable[str]
    ) -> dict[str, Definition | Tombstone]:
        """What each name stands for; a name never defined is left out."""

    def allocate_ids(self, account_id: str, context_type: ContextType, count: int) -> Numbers:
        """As many definition ids and slots as asked for, never given before or again.

        Raises TooManyDefinitions where the account would have more than it can.
        """

    def allot_slots(self, account_id: str, context_type: ContextType, count: int) -> int:
        """The first of as many slots as asked for, for definitions that bring their ids."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no definition id up to this one from now on."""

    def add(self, account_id: str, definitions: Sequence[Definition]) -> None:
        """Store new definitions, at most 30, all or none; WriteConflict if a name is taken."""

    def slot_index(self, account_id: str, context_type: ContextType) -> SlotIndex:
        """The current names and the audiences of slots, strongly consistent."""

    def replace(self, account_id: str, before: Definition, after: Definition) -> None:
        """Store a changed definition over exactly the version before it, else WriteConflict."""

    def rename(
        self, account_id: str, before: Definition, after: Definition, displaced: Tombstone | None
    ) -> None:
        """Store a definition under its new name, its values with it, else WriteConflict.

        `displaced` is what a deleted definition of that name has left; it is shown no longer.
        """

    def delete(self, account_id: str, definition: Definition) -> None:
        """Leave a tombstone in place of exactly this version, else WriteConflict."""


class Variables(Protocol):
    """Values of variables, on any subject."""

    def find(self, account_id: str, subject: Subject, names: Iterable[str]) -> Found:
        """The contact (for a contact subject) and what the names stand for, in one read."""

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
        """Write values and the definitions made for them, all or none.

        WriteConflict if the subject is gone or a name was defined meanwhile; ContextTooLarge
        beyond what one write can hold, which in parts is written in several.
        """

    def list(self, account_id: str, subject: Subject) -> tuple[StoredValue, ...]:
        """Every value stored on a subject, in order of slot, by the names of today."""

    def find_value(
        self, account_id: str, subject: Subject, definition: Definition
    ) -> StoredValue | None:
        """The value of one variable on a subject, or None."""

    def values_of_many(
        self, account_id: str, contact_ids: Sequence[int], definition: Definition
    ) -> dict[int, StoredValue]:
        """The values of one variable on those contacts that have one, by contact."""

    def clear(
        self,
        account_id: str,
        subject: Subject,
        by: Attribution,
        sees: Callable[[Audience], bool],
    ) -> None:
        """Remove the values of a subject whose audience the caller is in, else WriteConflict.

        They are removed at once, or page by page beyond one write.
        """


class Extractor(Protocol):
    """Reads what people wrote about a contact in sentences."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """What a text says about the fields of these definitions, unchecked; maybe nothing."""
