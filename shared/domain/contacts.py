"""Contacts, identifiers, conversations and tags, and the ports that store them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.json_values import JsonValue
from shared.domain.values import Assignment, StoredValue

if TYPE_CHECKING:
    from shared.domain.value_changes import IdempotencyRecord, WrittenValues


class IdentifierKind(StrEnum):
    """A kind of id, besides the contact id, that a contact can be looked up by."""

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
    """An identifier of a contact, normalized for lookup.

    E-mail addresses are in lowercase, and phone numbers have only digits.
    """

    kind: IdentifierKind
    value: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _normalize(self.kind, self.value))


def _normalize(kind: IdentifierKind, text: str) -> str:
    if kind is IdentifierKind.EMAIL:
        return text.casefold()
    if kind in _NUMBERS and _NUMBER.fullmatch(text):
        return digits_in(text)
    return text


def digits_in(text: str) -> str:
    """Return the digits of a phone number without any other characters."""
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
    """A postal address. Unknown parts are empty.

    `street` includes the house number unless `house_number` is set.
    """

    street: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = "US"
    house_number: str = ""

    @property
    def street_line(self) -> str:
        """The street and the house number."""
        return f"{self.street} {self.house_number}".strip()


DEFAULT_STAGE = "lead"
DEFAULT_STATUS = "not_contacted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDraft:
    """A contact without an id. Contacts cannot be looked up by `channel_ids`."""

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
    archived: ClassVar[bool] = False
    """No contact is ever archived, and so each is `Owned`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact(ContactDraft):
    """A person that an agent talks to, without the values of variables.

    Attributes:
        merged_from: The ids of the contacts that were merged into this one, also by way of others.
        other_identifiers: Identifiers of these contacts that no other field has.
    """

    contact_id: int
    created_at: datetime
    updated_at: datetime
    version: int = 1
    merged_from: tuple[int, ...] = ()
    other_identifiers: tuple[Identifier, ...] = ()

    @property
    def primary_phone(self) -> PhoneNumber | None:
        """The primary phone number, or the first if none is primary, or None."""
        return primary_phone(self.phone_numbers)

    @property
    def phone_number(self) -> str | None:
        """The text of the primary phone number."""
        return self.primary_phone.number if self.primary_phone else None

    @property
    def identifiers(self) -> frozenset[Identifier]:
        """All identifiers of the contact besides its id."""
        pairs = (
            (IdentifierKind.UUID, self.uuid),
            (IdentifierKind.EXTERNAL_ID, self.external_id),
            (IdentifierKind.EMAIL, self.email),
            (IdentifierKind.WHATSAPP, self.wa_id),
            (IdentifierKind.SMS, self.sms_phone_number),
            (IdentifierKind.WEBCHAT, self.webchat_user_id),
            *((IdentifierKind.PHONE, phone.number) for phone in self.phone_numbers),
        )
        own = {Identifier(kind, value) for kind, value in pairs if value}
        return frozenset({*own, *self.other_identifiers})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSummary:
    """The fields of a contact that lists show."""

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
    archived: ClassVar[bool] = False


def primary_phone(phones: Iterable[PhoneNumber]) -> PhoneNumber | None:
    """Return the primary phone number, or the first if none is primary, or None."""
    ranked = sorted(phones, key=lambda phone: not phone.primary)
    return ranked[0] if ranked else None


@dataclass(frozen=True, slots=True)
class ContactWithValues:
    """A contact and its stored values."""

    contact: Contact
    values: tuple[StoredValue, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with a contact. It can have variables of its own."""

    conversation_id: str
    contact_id: int


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A period in which an action is not repeated.

    Attributes:
        about: The action, such as a message that was sent to a contact.
        starts_at: When the action was done.
        ends_at: When the action may be repeated.
    """

    about: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class IdentifierLookup:
    """The result of a lookup by identifier.

    Attributes:
        contacts: All contacts with the identifier.
        claimed_by: The id of the contact that last claimed the identifier, or None.
    """

    contacts: list[Contact]
    claimed_by: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of a new contact on an identifier.

    Of several contacts that are created for one identifier concurrently, only one is stored.

    Attributes:
        identifier: The claimed identifier.
        seen: `claimed_by` of the lookup before. The claim fails if it has changed since.
    """

    identifier: Identifier
    seen: int | None


class Contacts(Protocol):
    """Stores contacts, their identifiers and their conversations."""

    def allocate_ids(self, account_id: str, count: int = 1) -> int:
        """Return the first of `count` consecutive contact ids that were never allocated.

        Raises:
            TooManyContacts: The account could have more contacts than its limit.
        """

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Exclude all contact ids up to this one from allocation."""

    def find(self, account_id: str, contact_id: int) -> Contact | None:
        """Return the contact with this id, or None."""

    def find_current(self, account_id: str, contact_id: int) -> Contact | None:
        """Return the contact with this id, or the one that it was merged into, or None."""

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """Return the contact with this id and its values, or None."""

    def find_many(self, account_id: str, contact_ids: Sequence[int]) -> list[Contact]:
        """Return the contacts that exist, in the order of the ids."""

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> IdentifierLookup:
        """Look up all contacts with an identifier. Strongly consistent."""

    def list(self, account_id: str) -> list[ContactSummary]:
        """Return a summary of every contact of the account, in order of id."""

    def list_page(
        self, account_id: str, before: int | None, limit: int
    ) -> "tuple[Sequence[ContactSummary], bool]":
        """Return summaries of the contacts with the highest ids below one, the highest first.

        Returns:
            At most `limit` summaries, and whether there may be more.
        """

    def add(
        self,
        account_id: str,
        contact: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        claims: Sequence[Claim] = (),
        once: "Cooldown | IdempotencyRecord | None" = None,
    ) -> None:
        """Store a new contact in one transaction.

        Args:
            account_id: The account of the contact.
            contact: The contact, with an allocated id.
            by: Who creates the contact.
            assignments: The values to store on the contact.
            created: Definitions to store with the values.
            claims: Claims on identifiers, which must still be unclaimed.
            once: A cooldown to start, of which none for the same action may be running; or the
                idempotency record of the request, which must not exist yet.

        Raises:
            WriteConflict: A condition failed, and nothing was stored.
            RequestInProgress: Another request is writing the record.
        """

    def replace(
        self,
        account_id: str,
        before: Contact,
        after: Contact,
        by: Attribution,
        assignments: Sequence[Assignment] = (),
        created: Sequence[Definition] = (),
        once: "Cooldown | IdempotencyRecord | None" = None,
    ) -> "WrittenValues":
        """Replace a contact in one transaction.

        Values that may not replace what is stored become suggestions, in the same transaction.

        Args:
            account_id: The account of the contact.
            before: The contact as it was read.
            after: The contact to store.
            by: Who changes the contact.
            assignments: The values to store on the contact.
            created: Definitions to store with the values.
            once: A cooldown to start, of which none for the same action may be running; or the
                idempotency record of the request, which must not exist yet.

        Returns:
            What could not be set.

        Raises:
            WriteConflict: The contact has another version than `before`, or another condition
                failed. Nothing was stored.
            RequestInProgress: Another request is writing the record.
        """

    def cooldown_end(self, account_id: str, about: str) -> datetime | None:
        """Return when the last cooldown for an action ends.

        The time may have passed. None if there was no cooldown or its record has expired.
        """

    def delete(self, account_id: str, contact: Contact) -> None:
        """Delete a contact with its values, identifiers and conversations.

        Conversations are deleted first, in writes of their own.

        Raises:
            WriteConflict: The contact has another version.
        """

    def delete_remnants(self, account_id: str, contact_id: int) -> None:
        """Delete what an interrupted deletion has left of a contact that does not exist.

        Raises:
            WriteConflict: A contact with this id has been created.
        """

    def find_conversation(self, account_id: str, conversation_id: str) -> Conversation | None:
        """Return the conversation with this id, or None."""

    def list_conversations(
        self, account_id: str, contact_id: int, merged_from: Sequence[int] = ()
    ) -> Sequence[Conversation]:
        """Return the conversations with a contact and those merged into it, in order of id."""

    def list_conversations_page(
        self,
        account_id: str,
        contact_id: int,
        after: str | None,
        limit: int,
        merged_from: Sequence[int] = (),
    ) -> tuple[Sequence[Conversation], bool]:
        """Return conversations as `list_conversations`, those after one.

        Returns:
            At most `limit` conversations, and whether there may be more.
        """

    def add_conversation(
        self,
        account_id: str,
        conversation: Conversation,
        record: "IdempotencyRecord | None" = None,
    ) -> None:
        """Store a new conversation, and the idempotency record of the request.

        Raises:
            WriteConflict: A conversation with this id exists, the contact does not exist, or
                there is a record of the key.
            RequestInProgress: Another request is writing the record.
        """

    def delete_conversation(self, account_id: str, conversation: Conversation) -> None:
        """Delete a conversation and its values."""

    def delete_conversation_remnants(self, account_id: str, conversation_id: str) -> None:
        """Delete what an interrupted deletion has left of a conversation that does not exist.

        Raises:
            WriteConflict: A conversation with this id has been created.
        """
