"""Definitions of variables, and the port that stores them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Protocol

from shared.domain.accounts import WHOLE_ACCOUNT, Audience
from shared.domain.disclosure import EVERY_PURPOSE, Assurance, Purpose, Sensitivity
from shared.domain.options import Option
from shared.domain.records import dataclass
from shared.domain.sources import LAST_WRITE_WINS, Precedence


class VariableType(StrEnum):
    """The data type of a variable."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    DATETIME = "datetime"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    CURRENCY = "currency"
    LIST = "list"
    JSON = "json"


TYPES_WITH_OPTIONS = frozenset({VariableType.SELECT, VariableType.MULTI_SELECT})

STRUCTURED_TYPES = frozenset(
    {VariableType.MULTI_SELECT, VariableType.CURRENCY, VariableType.LIST, VariableType.JSON}
)
"""The types whose values are objects or arrays. They are stored as JSON text."""


class ContextType(StrEnum):
    """The kind of subject that a variable belongs to."""

    CONTACT = "contact"
    BUSINESS = "business"
    CONVERSATION = "conversation"


EVERY_CONTEXT_TYPE = frozenset(ContextType)


class Category(StrEnum):
    """The origin of a definition."""

    CUSTOM = "custom"
    APP = "app"
    ENTITY = "entity"


class WhenStale(StrEnum):
    """What an agent does with a stale value."""

    USE = "use"
    HEDGE = "hedge"
    """Use it, and say that it may have changed."""
    ASK = "ask"
    """Use it, and ask the question of the variable."""
    OMIT = "omit"
    """Go on as if there were no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionDraft:
    """A variable definition without an id.

    Attributes:
        is_default: Whether the system provides the definition. It cannot be changed or deleted.
        select_options: The allowed values of a select or multi-select variable.
        pattern: What a whole text must match.
        is_required: Whether its values can be replaced, and not removed.
        expires_after_seconds: The age from which a value reads as unset. None if values stay.
        all_options: All options with their ids, if one of them was renamed or archived. The
            labels of those that are not archived are `select_options`.
        aliases: Further names that incoming values are matched by.
        structure: The structure of the JSON that the text of the variable contains. None for
            plain text, empty for JSON of unknown structure.
        owner: The user that the definition belongs to, or None.
        team: The team that the definition belongs to, or None.
        precedence: Which source may replace the value of which other.
        stale_after_seconds: The age from which any source may replace a value.
        sensitivity: The clearance that a reader of the values needs.
        purposes: What the values may be read for.
        auto_created: Whether a value of an unknown name created the definition. False also for
            definitions from before this was stored.
        archived: Whether it is hidden from everyone, with its values, until it is restored.
        group: The heading under which people find the variable.
        fallback: What an agent says if there is neither a value nor a default.
        question: What an agent asks if there is no value, or a stale one.
        when_stale: What an agent does with a stale value.
        min_assurance: How sure it must be that a caller is the contact.
        min_value: The least value of a number.
        max_value: The greatest value of a number.
        max_length: The most characters of a text.
        json_schema: What JSON must match: a JSON Schema as JSON text.
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
    precedence: Precedence = LAST_WRITE_WINS
    stale_after_seconds: int | None = None
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    purposes: frozenset[Purpose] = EVERY_PURPOSE
    auto_created: bool = False
    archived: bool = False
    all_options: tuple[Option, ...] = ()
    pattern: str | None = None
    is_required: bool = False
    expires_after_seconds: int | None = None
    group: str | None = None
    fallback: str | None = None
    question: str | None = None
    when_stale: WhenStale = WhenStale.USE
    min_assurance: Assurance = Assurance.NONE
    min_value: float | None = None
    max_value: float | None = None
    max_length: int | None = None
    json_schema: str | None = None

    @property
    def audience(self) -> Audience:
        """Who can see the definition, and who gets its values."""
        # Nearly every definition has this one, and a resolve asks for that of hundreds.
        if (
            self.owner is None
            and self.team is None
            and self.sensitivity is Sensitivity.PUBLIC
            and self.purposes is EVERY_PURPOSE
            and not self.archived
            and self.expires_after_seconds is None
        ):
            return WHOLE_ACCOUNT
        return Audience(
            *(self.owner, self.team, self.sensitivity, self.purposes, self.archived),
            self.expires_after_seconds,
        )

    @property
    def replaceable_after_seconds(self) -> int | None:
        """The age from which any source may replace a value: it is stale, or has expired."""
        ages = (self.stale_after_seconds, self.expires_after_seconds)
        return min((each for each in ages if each is not None), default=None)


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
    """A deleted definition. Keeps the slot of its stored values, their audience and precedence."""

    name: str
    slot: int
    audience: Audience = WHOLE_ACCOUNT
    precedence: Precedence = LAST_WRITE_WINS


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
        audiences: The audiences of the slots that not every reader of the account gets.
        labels: The labels of today of renamed options, by slot and former label.
        version: The version of the account's definitions at the last change of the index.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    audiences: Mapping[int, Audience] = field(default_factory=dict)
    version: int = 0
    labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def audience_of(self, slot: int) -> Audience:
        """Return who can see the values in a slot."""
        return self.audiences.get(slot, WHOLE_ACCOUNT)


@dataclass(frozen=True, slots=True)
class AllocatedIds:
    """The first of several consecutive definition ids, and of as many slots."""

    first_id: int
    first_slot: int


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
        """Store up to 32 new definitions in one transaction.

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

    def flush(self, account_id: str) -> int:
        """Make every function read the definitions of an account again; return their number.

        Raises:
            WriteConflict: A definition was written at the same time.
        """
