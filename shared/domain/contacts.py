"""Contacts, their identifiers, conversations and tags, with the ports that store them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.domain.accounts import (
    Attribution,
)
from shared.domain.variables import Assignment, Definition, JsonValue, StoredValue


class IdentifierKind(StrEnum):
    """A way to name a contact other than by its number."""

    UUID = "uuid"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"
    WHATSAPP = "wa_id"
    SMS = "sms_phone_number"
    WEBCHAT = "webchat_user_id"


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


@dataclass(frozen=True, slots=True)
class IdentifierLookup:
    """The contacts that have an identifier, and the one that a claim on it was made for."""

    contacts: list[Contact]
    claimed_by: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What makes a contact the only one for an identifier: no other claim came after `seen`."""

    identifier: Identifier
    seen: int | None


class Contacts(Protocol):
    """Contacts."""

    def allocate_ids(self, account_id: str, count: int = 1) -> int:
        """The first of as many contact ids as asked for, never given before or again."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no contact id up to this one from now on."""

    def find(self, account_id: str, contact_id: int) -> Contact | None:
        """The contact of that id without its values, or None."""

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """The contact of that id and all that is stored on it, or None."""

    def find_many(self, account_id: str, contact_ids: Sequence[int]) -> list[Contact]:
        """Those contacts that exist, without their values, in the order asked for."""

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> IdentifierLookup:
        """Every contact with that identifier, strongly consistent, and who is being made for it."""

    def list(self, account_id: str) -> list[ContactSummary]:
        """Every contact of the account in order of id."""

    def add(
        self,
        account_id: str,
        contact: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        claims: Sequence[Claim] = (),
        cooldown: Cooldown | None = None,
    ) -> None:
        """Store a new contact with its values and identifiers, all or none, else WriteConflict.

        With a claim, of several contacts made for one identifier at once only one is stored;
        with a cooldown only if none about the same is running, and then it begins.
        """

    def replace(
        self,
        account_id: str,
        before: Contact,
        after: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        cooldown: Cooldown | None = None,
    ) -> None:
        """Store a changed contact over exactly the version before it, else WriteConflict.

        With a cooldown only if none about the same is running, and then it begins.
        """

    def cooldown_end(self, account_id: str, about: str) -> datetime | None:
        """When the last cooldown about this ends or has ended; None when that is long ago."""

    def delete(self, account_id: str, contact: Contact) -> None:
        """Remove exactly this version of a contact and all that is its own, else WriteConflict."""

    def find_conversation(self, account_id: str, conversation_id: str) -> Conversation | None:
        """The conversation of that id, or None."""

    def list_conversations(self, account_id: str, contact_id: int) -> Sequence[Conversation]:
        """The conversations with a contact, in order of id."""

    def add_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Store a conversation; WriteConflict if its id is in use or its contact is not there."""

    def delete_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Remove a conversation and its values."""


class Tags(Protocol):
    """The account's catalogue of tags."""

    def allocate_ids(self, account_id: str, count: int) -> int:
        """The first of as many tag ids as asked for, never given before or again."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no tag id up to this one from now on."""

    def add(self, account_id: str, *tags: Tag) -> None:
        """Store at most 50 tags, all or none.

        WriteConflict if there is one of an id, or one that says the same.
        """

    def find_by_ids(self, account_id: str, tag_ids: Sequence[int]) -> list[Tag]:
        """Those tags that exist, in no order."""

    def find_by_values(self, account_id: str, entity_type: str, values: Sequence[str]) -> list[Tag]:
        """Those tags that exist, in no order."""

    def list(self, account_id: str) -> list[Tag]:
        """Every tag of the account in order of id."""
