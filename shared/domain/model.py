"""The nouns of Contact Context."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

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


class IdentifierKind(StrEnum):
    """A way to name a contact other than by its number."""

    UUID = "uuid"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"
    WHATSAPP = "wa_id"
    SMS = "sms_phone_number"
    WEBCHAT = "webchat_user_id"


EVERYTHING = "*"
"""The permission that covers all others."""

ANY_KEY = "any API key"
"""What an endpoint asks for that accepts every valid API key, whatever its permissions."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission word of any dialect, on one resource or on all (`resource` None)."""

    permission: str
    resource: str | None = None

    def allows(self, permission: str, resource: str | None) -> bool:
        """Whether this grant covers the permission on the resource; `*` covers everything."""
        return self.permission in (EVERYTHING, permission) and self.resource in (None, resource)


class Owned(Protocol):
    """A record that can belong to a user or a team."""

    @property
    def owner(self) -> str | None:
        """The user it belongs to, if any."""

    @property
    def team(self) -> int | None:
        """The team it belongs to, if any."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can see a record: one user, the members of one team, or the whole account."""

    owner: str | None = None
    team: int | None = None


WHOLE_ACCOUNT = Audience()
"""The audience of a record that has neither owner nor team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyDraft:
    """What an API key is to be, apart from the key itself."""

    name: str = ""
    active: bool = True
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    valid_until: datetime | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(ApiKeyDraft):
    """An API key as it is kept: by its hash, never by itself."""

    key_id: str
    account_id: str
    key_hash: str
    hint: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote something, when, and by which request.

    `source` is the API or trigger it came by; `origin_id` is what a system that writes gave along,
    so that it knows its own writes again.
    """

    at: datetime
    source: str = ""
    key_id: str = ""
    request_id: str = ""
    origin_id: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the account, what the key may do, whom it speaks for, and since when."""

    account_id: str
    key_id: str
    requested_at: datetime
    grants: tuple[Grant, ...] = ()
    requests_per_minute: int | None = None
    user: str | None = None
    teams: frozenset[int] = frozenset()
    read_only: bool = False
    source: str = ""
    request_id: str = ""
    origin_id: str | None = None
    key_hash: str = field(default="", repr=False)

    @property
    def attribution(self) -> Attribution:
        """To whom a write of this caller is put down."""
        return Attribution(
            self.requested_at, self.source, self.key_id, self.request_id, self.origin_id
        )

    def may(self, permission: str, resource: str | None = None) -> bool:
        """Whether any grant of the key allows the permission on the resource."""
        return any(grant.allows(permission, resource) for grant in self.grants)

    def sees(self, record: Owned) -> bool:
        """Whether a record is the whole account's, the caller's or its team's."""
        if record.owner is None and record.team is None:
            return True
        if record.owner is not None and record.owner == self.user:
            return True
        return record.team in self.teams

    def may_change(self, definition: "Definition") -> bool:
        """Whether a definition is the whole account's or the caller's own."""
        if definition.owner is None:
            return definition.team is None
        return definition.owner == self.user


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant: nothing of one is ever visible in another.

    `locale` says how its people write numbers and dates, such as `es-CL`; "" where nobody said.
    """

    account_id: str
    name: str = ""
    chatbots: tuple[str, ...] = ()
    locale: str = ""

    def owns(self, resource: str) -> bool:
        """Whether a resource, such as `chatbots/bot_1`, is this account's."""
        kind, _, name = resource.partition("/")
        return kind == "chatbots" and name in self.chatbots


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
    """How an API takes what does not hold.

    `create_undefined` makes a definition for each unknown name, of the type of its value;
    `keep_unfit` keeps a value that does not fit its type, in its text form.
    Without them such a request is refused.
    `keep_form` keeps text as it was sent that its type would give another form.
    `in_parts` lets a set be written piece by piece that is too large for one write.
    `new_as_text` makes each new definition one of text, and keeps its value in its text form.
    """

    create_undefined: bool = False
    keep_unfit: bool = False
    keep_form: bool = False
    in_parts: bool = False
    new_as_text: bool = False


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


_NUMBERS = frozenset({IdentifierKind.PHONE, IdentifierKind.WHATSAPP, IdentifierKind.SMS})
_NUMBER = re.compile(r"[+(]*[0-9][0-9 ().\-/]*")
_NO_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class Identifier:
    """One way to name a contact, in the form it is looked up by.

    However it is spelled: an e-mail address in small letters, a number by its digits alone.
    """

    kind: IdentifierKind
    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _lookup_form(self.kind, self.value))


def _lookup_form(kind: IdentifierKind, text: str) -> str:
    if kind is IdentifierKind.EMAIL:
        return text.casefold()
    if kind in _NUMBERS and _NUMBER.fullmatch(text):
        return digits_in(text)
    return text


def digits_in(text: str) -> str:
    """The digits of a number, in whatever way it is spelled."""
    return _NO_DIGIT.sub("", text)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number of a contact; `phone_id` is unique on its contact."""

    phone_id: int
    number: str
    phone_type: str = "mobile"
    primary: bool = False
    do_not_call: bool = False
    dnc_date: str | None = None
    dnc_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; what is not known is empty.

    `street` is the whole line unless the number of the house is known apart.
    """

    street: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = "US"
    house_number: str = ""

    @property
    def street_line(self) -> str:
        """The street with the number of the house."""
        return f"{self.street} {self.house_number}".strip()


DEFAULT_STAGE = "lead"
DEFAULT_STATUS = "not_contacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """A contact that has no number yet; it is not found by its `channel_ids`."""

    uuid: str | None = None
    external_id: str | None = None
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    email: str | None = None
    company: str = ""
    website: str = ""
    stage: str = DEFAULT_STAGE
    status: str = DEFAULT_STATUS
    address: Address = Address()
    time_zone: str | None = None
    language: str | None = None
    platform: str | None = None
    wa_id: str | None = None
    sms_phone_number: str | None = None
    webchat_user_id: str | None = None
    avatar: str | None = None
    phone_numbers: tuple[PhoneNumber, ...] = ()
    channel_ids: Mapping[str, str] = field(default_factory=dict)
    organization_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    industry_context: Mapping[str, JsonValue] = field(default_factory=dict)
    owner: str | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(ContactDraft):
    """A person an agent talks to, without the values of its variables."""

    contact_id: int
    created_at: datetime
    updated_at: datetime
    version: int = 1

    @property
    def primary_phone(self) -> PhoneNumber | None:
        """The primary phone, else the first, else None."""
        return primary_phone(self.phone_numbers)

    @property
    def phone_number(self) -> str | None:
        """The number of the primary phone."""
        return self.primary_phone.number if self.primary_phone else None

    @property
    def identifiers(self) -> frozenset[Identifier]:
        """Every way to name this contact other than by its number."""
        named = (
            (IdentifierKind.UUID, self.uuid),
            (IdentifierKind.EXTERNAL_ID, self.external_id),
            (IdentifierKind.EMAIL, self.email),
            (IdentifierKind.WHATSAPP, self.wa_id),
            (IdentifierKind.SMS, self.sms_phone_number),
            (IdentifierKind.WEBCHAT, self.webchat_user_id),
            *((IdentifierKind.PHONE, phone.number) for phone in self.phone_numbers),
        )
        return frozenset(Identifier(kind, value) for kind, value in named if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSummary:
    """What a list shows of a contact; what it leaves out is unknown and not empty."""

    contact_id: int
    created_at: datetime
    updated_at: datetime
    uuid: str | None = None
    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    email: str | None = None
    company: str = ""
    stage: str = DEFAULT_STAGE
    status: str = DEFAULT_STATUS
    platform: str | None = None
    phone_number: str | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    team: int | None = None


def primary_phone(phones: Iterable[PhoneNumber]) -> PhoneNumber | None:
    """The primary one of several phones, else the first, else None."""
    ranked = sorted(phones, key=lambda phone: not phone.primary)
    return ranked[0] if ranked else None


@dataclass(frozen=True, slots=True)
class ContactWithValues:
    """A contact and all that is stored on it."""

    contact: Contact
    values: tuple[StoredValue, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with a contact, on which variables can be kept."""

    conversation_id: str
    contact_id: int


@dataclass(frozen=True, slots=True)
class Cooldown:
    """What is not done again between two instants, since it was done at the first of them."""

    about: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tag:
    """A label of the account's catalogue of tags."""

    tag_id: int
    value: str
    entity_type: str = "CONTACT"
