"""The nouns of webhooks: subscriptions to events, and their deliveries."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.domain.accounts import ApiKey, Attribution
from shared.domain.contacts import Contact
from shared.domain.variables import JsonObject

EVERY_TOPIC = "*"
"""The topic that stands for all there are, also for those to come."""

TEST_TOPIC = "webhook.test"
"""What is sent to try a webhook; it is subscribed to by being one."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WebhookStatus(StrEnum):
    """Whether events are sent to a webhook."""

    ACTIVE = "active"
    DISABLED = "disabled"


class SuspensionReason(StrEnum):
    """Why a webhook that is not disabled receives nothing."""

    UNASSIGNED = "unassigned"
    KEY_REVOKED = "key_revoked"
    KEY_EXPIRED = "key_expired"
    PERMISSION_MISSING = "permission_missing"

    @property
    def words(self) -> str:
        """The reason in words."""
        return _SUSPENSIONS[self]


_SUSPENSIONS = {
    SuspensionReason.UNASSIGNED: "an earlier version created it, and it has no owner",
    SuspensionReason.KEY_REVOKED: "its API key was revoked",
    SuspensionReason.KEY_EXPIRED: "its API key has expired",
    SuspensionReason.PERMISSION_MISSING: "its API key lacks a permission that it needs",
}


class CancellationReason(StrEnum):
    """Why a delivery was canceled."""

    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_SUSPENDED = "webhook_suspended"
    EVENT_UNAVAILABLE = "event_unavailable"
    NOT_QUEUED = "not_queued"


class DeliveryStatus(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class BusEvent:
    """Something that happened in an account; `document` is all of it, as it is on the bus."""

    event_id: str
    topic: str
    occurred_at: datetime
    account_id: str
    document: JsonObject


@dataclass(frozen=True, slots=True)
class OldSecret:
    """A secret that was replaced, and signs beside the new one until then."""

    secret: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDraft:
    """A webhook that does not exist yet.

    `form` is the name of the API in whose words events are sent; `variables` are those whose
    changes are sent, None for all. `permissions` are those that its API key needs, all of them,
    for anything to be sent; an API without permissions needs none.
    """

    url: str
    topics: tuple[str, ...]
    form: str
    permissions: tuple[str, ...] = ()
    variables: tuple[str, ...] | None = None
    description: str = ""
    status: WebhookStatus = WebhookStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(WebhookDraft):
    """A subscription: where events of some topics are sent, and how they are signed.

    It belongs to the API key of `key_hash` and `key_id`, or to the account. A webhook that was
    stored before webhooks had owners belongs to neither.
    `failing_since` is when the first delivery failed that no success came after; `lost` counts
    the deliveries that were given up since.
    """

    webhook_id: str
    secret: str
    created_at: datetime
    updated_at: datetime
    old_secrets: tuple[OldSecret, ...] = ()
    key_hash: str | None = field(default=None, repr=False)
    key_id: str | None = None
    of_account: bool = False
    disabled_reason: str | None = None
    disabled_by_operator: bool = False
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    lost: int = 0
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether events are sent to it."""
        return self.status is WebhookStatus.ACTIVE

    def matches(self, topic: str) -> bool:
        """Whether it is active and subscribed to a topic."""
        return self.is_active and (EVERY_TOPIC in self.topics or topic in self.topics)

    def secrets(self, at: datetime) -> list[str]:
        """The secrets that sign at an instant, the newest first."""
        return [self.secret, *(old.secret for old in self.old_secrets if old.until > at)]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a delivery; `error` and `error_code` say why it failed, None if it did not."""

    at: datetime
    status_code: int | None
    error: str | None
    milliseconds: int
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventReference:
    """The facts from which an event is built again, without any value of a variable.

    `sequence` is that of its first change in the contact's activity. `visible_to` has the owner
    and the team of a contact that was deleted.
    """

    contact_id: int
    by: Attribution
    sequence: int | None = None
    fields: tuple[str, ...] = ()
    visible_to: tuple[str | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The user and the teams of an API key, which decide what it sees."""

    user: str | None
    teams: frozenset[int]


def delivery_id(occurred_at: datetime, event_id: str) -> str:
    """Name a delivery within its webhook; ids are in the order in which the events happened."""
    milliseconds = (occurred_at - _EPOCH) // timedelta(milliseconds=1)
    return f"{milliseconds:015d}.{event_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to a webhook; `event` is None of a test and of old deliveries."""

    webhook_id: str
    event_id: str
    topic: str
    occurred_at: datetime
    created_at: datetime
    expires_at: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    event: EventReference | None = None
    canceled_reason: CancellationReason | None = None
    version: int = 1

    @property
    def delivery_id(self) -> str:
        """The id of the delivery within its webhook."""
        return delivery_id(self.occurred_at, self.event_id)


@dataclass(frozen=True, slots=True)
class DeliveryTask:
    """What is to be sent where: the payload travels with it and is kept nowhere.

    `attempt` counts the attempts that were made before the one that it is for. `viewer` is who
    the payload was made for, None for the account; without a payload one is made for the attempt.
    """

    account_id: str
    webhook_id: str
    event_id: str
    occurred_at: datetime
    payload: JsonObject | None
    attempt: int = 0
    contact_id: int | None = None
    viewer: Viewer | None = None


@dataclass(frozen=True, slots=True)
class PayloadFormat:
    """How an API words events, None for what it has no words for.

    It is given the contact only if it shows it.
    """

    payload: Callable[[BusEvent, Contact | None], JsonObject | None]
    shows_contact: bool = False


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """Webhooks, oldest first; `following` is where the next ones begin, None if there are none."""

    webhooks: Sequence[Webhook]
    following: str | None


@dataclass(frozen=True, slots=True)
class OwnedWebhook:
    """A webhook, and why it is suspended if it is."""

    webhook: Webhook
    suspension: SuspensionReason | None = None

    @property
    def is_active(self) -> bool:
        """Whether events are sent to it."""
        return self.webhook.is_active and self.suspension is None


@dataclass(frozen=True, slots=True)
class OwnedWebhookPage:
    """Webhooks with their suspensions, oldest first, and where the next ones begin."""

    webhooks: Sequence[OwnedWebhook]
    following: str | None


@dataclass(frozen=True, slots=True)
class Redelivery:
    """How many deliveries were queued again, and where to go on, None at the end."""

    queued: int
    following: str | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, newest first; `following` is where the next begin, None if there are none."""

    deliveries: Sequence[Delivery]
    following: str | None


@dataclass(frozen=True, slots=True)
class OwnersFound:
    """The API keys that exist, by hash, and the contact, None if there is none."""

    keys: dict[str, ApiKey]
    contact: Contact | None


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

    def find(self, account_id: str, order: DeliveryTask) -> Delivery | None:
        """The delivery of an order, or None."""

    def find_by_id(self, account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """The delivery of that id, or None."""

    def replace(self, account_id: str, delivery: Delivery) -> None:
        """Store a changed delivery over the version before it, else WriteConflict."""

    def page(self, account_id: str, webhook_id: str, after: str | None, limit: int) -> DeliveryPage:
        """So many deliveries to a webhook that come after that place, newest first."""


class DeliveryQueue(Protocol):
    """What carries deliveries to whoever makes them."""

    def send(self, orders: Sequence[DeliveryTask], after_seconds: int = 0) -> None:
        """Take in orders, each at least once; Unavailable if some may not have been taken.

        They are given after so many seconds, or sooner.
        """


class UrlPolicy(Protocol):
    """Where webhooks may be sent to."""

    def fault_of(self, url: str) -> str | None:
        """Why nothing may be sent to a URL, by its form alone; None if something may."""

    def addresses_of(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, the best first; Unreachable if not all of them may be called."""


class WebhookSender(Protocol):
    """Brings events to webhooks."""

    def deliver(self, webhook: Webhook, order: DeliveryTask) -> Attempt:
        """Sign and send once, and tell how that went; never raises for what the other did."""
