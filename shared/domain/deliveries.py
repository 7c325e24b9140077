"""Deliveries of events to webhooks, and the ports that store, queue and send them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from shared.domain.changes import EventReference
from shared.domain.disclosure import Sensitivity
from shared.domain.json_values import JsonObject
from shared.domain.records import dataclass
from shared.domain.webhooks import Webhook

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CancellationReason(StrEnum):
    """Why a delivery was canceled."""

    WEBHOOK_DELETED = "webhook_deleted"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_SUSPENDED = "webhook_suspended"
    EVENT_UNAVAILABLE = "event_unavailable"
    NOT_QUEUED = "not_queued"


class DeliveryStatus(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request of a delivery. `error` and `error_code` are None if it succeeded."""

    at: datetime
    status_code: int | None
    error: str | None
    milliseconds: int
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The user, teams and clearance of an API key, which decide what its webhooks receive."""

    user: str | None
    teams: frozenset[int]
    sensitivity: Sensitivity = Sensitivity.SENSITIVE


def delivery_id(occurred_at: datetime, event_id: str) -> str:
    """Return the id of a delivery within its webhook.

    Ids sort by the time of the event.
    """
    milliseconds = (occurred_at - _EPOCH) // timedelta(milliseconds=1)
    return f"{milliseconds:015d}.{event_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The delivery of an event to a webhook.

    Attributes:
        event: What the payload is rebuilt from. None for test events, and for deliveries that
            an earlier version stored.
        canceled_reason: Why the delivery was canceled.
        next_attempt_at: When the next attempt is due; during an attempt, when its lease ends. None
            at the end.
    """

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
    """A queue message for one attempt of a delivery.

    Attributes:
        payload: The payload. It is stored nowhere else. None if it is built for the attempt.
        attempts_before: The number of earlier attempts.
        viewer: The viewer that the payload was built for. None for the account, or without a
            payload.
    """

    account_id: str
    webhook_id: str
    event_id: str
    occurred_at: datetime
    payload: JsonObject | None
    attempts_before: int = 0
    contact_id: int | None = None
    viewer: Viewer | None = None

    @property
    def delivery_id(self) -> str:
        """The id of the delivery within its webhook."""
        return delivery_id(self.occurred_at, self.event_id)


@dataclass(frozen=True, slots=True)
class Redelivery:
    """The number of queued deliveries, and the cursor to continue from, or None at the end."""

    queued: int
    following: str | None


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """A page of deliveries, newest first.

    `following` is the cursor of the next page, or None.
    """

    deliveries: Sequence[Delivery]
    following: str | None


class Deliveries(Protocol):
    """Stores the deliveries of webhooks."""

    def add(self, account_id: str, delivery: Delivery) -> None:
        """Store a new delivery.

        Raises:
            WriteConflict: A delivery of the event to the webhook exists.
        """

    def find_by_id(self, account_id: str, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Return the delivery with this id, or None."""

    def replace(self, account_id: str, delivery: Delivery) -> None:
        """Replace a delivery. `delivery` has the next version.

        Raises:
            WriteConflict: The stored delivery does not have the version before.
        """

    def page(self, account_id: str, webhook_id: str, after: str | None, limit: int) -> DeliveryPage:
        """Return up to `limit` deliveries, newest first, that follow the delivery `after`."""


class DeliveryQueue(Protocol):
    """Queues delivery tasks."""

    def send(self, tasks: Sequence[DeliveryTask], after_seconds: int = 0) -> None:
        """Queue tasks for processing after a delay.

        Each task is queued at least once. The queue may shorten the delay to its maximum.

        Raises:
            Unavailable: Some tasks may not have been queued.
        """


class WebhookSender(Protocol):
    """Sends requests to webhooks."""

    def send(self, webhook: Webhook, task: DeliveryTask) -> Attempt:
        """Sign and send one request.

        Returns:
            The outcome. Errors of the network or the receiver are part of it and not raised.

        Raises:
            Unavailable: The time left is too short for a request. Nothing was sent.
        """
