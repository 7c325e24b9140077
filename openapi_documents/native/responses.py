"""Response bodies of the native API.

They are built in `shared/dialects/native`.
The tests validate every response against these models.
"""

from datetime import datetime
from enum import StrEnum
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from shared.adapters.delivery_failures import CODES
from shared.domain.deliveries import (
    CancellationReason,
    DeliveryStatus,
)
from shared.domain.webhooks import SuspensionReason

Thing = TypeVar("Thing")


class RequestFault(BaseModel):
    """One fault of a request."""

    pointer: str | None = Field(
        default=None, description="Its location in the body, as a JSON pointer"
    )
    parameter: str | None = Field(default=None, description="The name of the query parameter")
    header: str | None = Field(default=None, description="The name of the header")
    detail: str = Field(description="A message for people")
    code: str = Field(description="A code for programs")


class Problem(BaseModel):
    """An error, as a problem document (RFC 9457)."""

    type: str = Field(description="The path of the page that explains the code")
    title: str = Field(description="The code in words")
    status: int
    detail: str = Field(description="A message for people about this request")
    code: str = Field(description="A code for programs")
    request_id: str = Field(description="The id of the request, for support")
    errors: list[RequestFault] = Field(description="All faults of body and query")


class WebhookState(StrEnum):
    """Whether events are sent to a webhook, and if not, whether it or its owner is why."""

    ACTIVE = "active"
    DISABLED = "disabled"
    SUSPENDED = "suspended"


class Webhook(BaseModel):
    """A subscription to events, without its secret."""

    id: str
    url: str
    topics: list[str]
    variables: list[str] | None = Field(
        description="The variables whose changes are sent, null for all"
    )
    description: str
    form: str = Field(description="The API whose payload format events have, native for this API")
    owner: Literal["key", "account"] | None = Field(
        description="The kind of owner, null for a webhook created by an earlier version"
    )
    key_id: str | None = Field(description="The id of the API key that it belongs to")
    status: WebhookState = Field(
        description="Nothing is sent to a webhook that is disabled or suspended"
    )
    suspended_reason: SuspensionReason | None = Field(
        description="Why the owner cannot receive events, null if it can"
    )
    disabled_reason: str | None = Field(description="Why nothing is sent, in words")
    disabled_at: datetime | None
    failing_since: datetime | None = Field(
        description="When the first delivery failed since the last success"
    )
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which no other response has."""

    secret: str


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    id: str
    deleted: Literal[True]


class Attempt(BaseModel):
    """One request to a webhook."""

    at: datetime
    status_code: int | None = Field(description="The status of the response, null without one")
    error: str | None = Field(description="Why it failed, null for a success")
    error_code: Literal[*CODES] | None = Field(  # type: ignore[valid-type]
        description="The same for programs"
    )
    milliseconds: int


class Delivery(BaseModel):
    """The delivery of an event to a webhook."""

    id: str = Field(description="The id in the path of a redelivery")
    event_id: str = Field(description="The webhook-id header of its requests")
    webhook_id: str
    topic: str
    status: DeliveryStatus
    canceled_reason: CancellationReason | None
    occurred_at: datetime
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[Attempt]


class Redelivery(BaseModel):
    """The result of queueing deliveries again."""

    queued: int = Field(description="How many deliveries were queued again")
    next_cursor: str | None = Field(
        description="The `cursor` of older deliveries, null if there are none"
    )


class Page(BaseModel, Generic[Thing]):
    """One page of a list."""

    data: list[Thing]
    next_cursor: str | None = Field(
        description="The `cursor` of the next page, null on the last page"
    )


class WebhookList(Page[Webhook]):
    """Webhooks, oldest first."""


class DeliveryList(Page[Delivery]):
    """Deliveries, newest first."""
