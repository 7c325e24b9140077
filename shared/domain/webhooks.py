"""The nouns of webhooks: subscriptions to events, and their deliveries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.model import Contact, JsonObject

EVERY_TOPIC = "*"
"""The topic that stands for all there are, also for those to come."""

TEST_TOPIC = "webhook.test"
"""What is sent to try a webhook; it is subscribed to by being one."""


class WebhookStatus(StrEnum):
    """Whether events are sent to a webhook."""

    ACTIVE = "active"
    DISABLED = "disabled"


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
    changes are sent, None for all.
    """

    url: str
    topics: tuple[str, ...]
    form: str
    variables: tuple[str, ...] | None = None
    description: str = ""
    status: WebhookStatus = WebhookStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(WebhookDraft):
    """A subscription: where events of some topics are sent, and how they are signed.

    `failing_since` is when the first delivery failed that no success came after; `lost` counts
    the deliveries that were given up since.
    """

    webhook_id: str
    secret: str
    created_at: datetime
    updated_at: datetime
    old_secrets: tuple[OldSecret, ...] = ()
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None
    lost: int = 0
    version: int = 1

    @property
    def is_active(self) -> bool:
        """Whether events are sent to it."""
        return self.status is WebhookStatus.ACTIVE

    def takes(self, topic: str) -> bool:
        """Whether it is active and subscribed to a topic."""
        return self.is_active and (EVERY_TOPIC in self.topics or topic in self.topics)

    def secrets(self, at: datetime) -> list[str]:
        """The secrets that sign at an instant, the newest first."""
        return [self.secret, *(old.secret for old in self.old_secrets if old.until > at)]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a delivery; `error` says why it failed, None if it did not."""

    at: datetime
    status_code: int | None
    error: str | None
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to a webhook."""

    webhook_id: str
    event_id: str
    topic: str
    occurred_at: datetime
    created_at: datetime
    expires_at: datetime
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: tuple[Attempt, ...] = ()
    next_attempt_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class DeliveryOrder:
    """What is to be sent where: the one thing that travels with a delivery and is kept nowhere.

    `attempt` counts the attempts that were made before the one that it is for.
    """

    account_id: str
    webhook_id: str
    event_id: str
    occurred_at: datetime
    payload: JsonObject
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class PayloadForm:
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
class DeliveryPage:
    """Deliveries, newest first; `following` is where the next begin, None if there are none."""

    deliveries: Sequence[Delivery]
    following: str | None
