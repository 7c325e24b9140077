"""What the use cases ask of storage; `shared.table` is the one adapter."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.domain.model import (
    Account,
    ApiKey,
    Assignment,
    Attribution,
    Audience,
    Caller,
    Contact,
    ContactSummary,
    ContactWithValues,
    ContextType,
    Conversation,
    Cooldown,
    Definition,
    Identifier,
    JsonValue,
    SlotIndex,
    StoredValue,
    Subject,
    Tag,
    Tombstone,
)
from shared.domain.webhooks import (
    Attempt,
    Delivery,
    DeliveryOrder,
    DeliveryPage,
    Webhook,
    WebhookPage,
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a set needs to know: the contact it is for, and what its names stand for."""

    contact: Contact | None
    definitions: dict[str, Definition | Tombstone]


@dataclass(frozen=True, slots=True)
class OwnersFound:
    """The API keys that exist, by hash, and the contact, None if there is none."""

    keys: dict[str, ApiKey]
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Named:
    """The contacts that have an identifier, and the one that a claim on it was made for."""

    contacts: list[Contact]
    claimed_by: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What makes a contact the only one for an identifier: no other claim came after `seen`."""

    identifier: Identifier
    seen: int | None


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


class Credentials(Protocol):
    """API keys, by hash and by account."""

    def find(self, key_hash: str) -> ApiKey | None:
        """The key of that hash, strongly consistent, or None."""

    def count_request(self, caller: Caller, minute: int, limit: int) -> bool:
        """Count a request of a key in a minute since the epoch; False over the limit."""

    def add(self, key: ApiKey) -> None:
        """Store a new key; WriteConflict if its hash is known already."""

    def list(self, account_id: str) -> list[ApiKey]:
        """Every key of an account, oldest first."""

    def revoke(self, key: ApiKey) -> None:
        """Make a key inactive; the next request with it is refused."""


class Accounts(Protocol):
    """Tenants."""

    def find(self, account_id: str) -> Account | None:
        """The account of that id, or None."""

    def add(self, account: Account) -> None:
        """Store a new account; WriteConflict if there is one of that id."""


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

    def allot(self, account_id: str, context_type: ContextType, count: int) -> Numbers:
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


class Contacts(Protocol):
    """Contacts."""

    def allot(self, account_id: str, count: int = 1) -> int:
        """The first of as many contact ids as asked for, never given before or again."""

    def reserve(self, account_id: str, highest_id: int) -> None:
        """Give no contact id up to this one from now on."""

    def find(self, account_id: str, contact_id: int) -> Contact | None:
        """The contact of that id without its values, or None."""

    def find_with_values(self, account_id: str, contact_id: int) -> ContactWithValues | None:
        """The contact of that id and all that is stored on it, or None."""

    def find_many(self, account_id: str, contact_ids: Sequence[int]) -> list[Contact]:
        """Those contacts that exist, without their values, in the order asked for."""

    def find_by_identifier(self, account_id: str, identifier: Identifier) -> Named:
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

    def allot(self, account_id: str, count: int) -> int:
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


class Extractor(Protocol):
    """Reads what people wrote about a contact in sentences."""

    def extract(self, text: str, definitions: Sequence[Definition]) -> list[Extracted]:
        """What a text says about the fields of these definitions, unchecked; maybe nothing."""


class Webhooks(Protocol):
    """Subscriptions to events."""

    def add(self, account_id: str, webhook: Webhook) -> None:
        """Store a new webhook; WriteConflict if there is one of that id."""

    def find(self, account_id: str, webhook_id: str) -> Webhook | None:
        """The webhook of that id, or None."""

    def list(self, account_id: str) -> list[Webhook]:
        """Every webhook of the account, oldest first."""

    def page(self, account_id: str, after: str | None, limit: int) -> WebhookPage:
        """So many webhooks that were made after the one of that id, oldest first."""

    def replace(self, account_id: str, webhook: Webhook) -> None:
        """Store a changed webhook over the version before it, else WriteConflict."""

    def delete(self, account_id: str, webhook_id: str) -> None:
        """Remove a webhook, if there is one."""

    def find_owners(
        self, account_id: str, key_hashes: Collection[str], contact_id: int | None = None
    ) -> OwnersFound:
        """The API keys of those hashes and a contact, in one strongly consistent batch."""


class Deliveries(Protocol):
    """The log of what is sent to webhooks."""

    def add(self, account_id: str, delivery: Delivery) -> None:
        """Store a new delivery; WriteConflict if the event is being delivered there already."""

    def find(self, account_id: str, order: DeliveryOrder) -> Delivery | None:
        """The delivery of an order, or None."""

    def find_by_id(self, account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """The delivery of that id, or None."""

    def replace(self, account_id: str, delivery: Delivery) -> None:
        """Store a changed delivery over the version before it, else WriteConflict."""

    def page(self, account_id: str, webhook_id: str, after: str | None, limit: int) -> DeliveryPage:
        """So many deliveries to a webhook that come after that place, newest first."""


class DeliveryQueue(Protocol):
    """What carries deliveries to whoever makes them."""

    def send(self, orders: Sequence[DeliveryOrder], after_seconds: int = 0) -> None:
        """Take in orders, each at least once; Unavailable if some may not have been taken.

        They are given after so many seconds, or sooner.
        """


class Destinations(Protocol):
    """Where webhooks may be sent to."""

    def fault_of(self, url: str) -> str | None:
        """Why nothing may be sent to a URL, by its form alone; None if something may."""

    def addresses_of(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, the best first; Unreachable if not all of them may be called."""


class Courier(Protocol):
    """Brings events to webhooks."""

    def deliver(self, webhook: Webhook, order: DeliveryOrder) -> Attempt:
        """Sign and send once, and tell how that went; never raises for what the other did."""
