"""The bodies of the answers of the service's own API.

What makes them is in `shared/dialects/native`; the tests hold every answer against these.
"""

from datetime import datetime
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
    """One thing that is wrong with a request."""

    pointer: str | None = Field(
        default=None, description="Where it is in the body, as a JSON pointer"
    )
    parameter: str | None = Field(default=None, description="Which parameter of the query it is")
    detail: str = Field(description="Words for people")
    code: str = Field(description="A code for programs")


class Problem(BaseModel):
    """Why a request was refused, as RFC 9457 has it."""

    type: str = Field(description="Where the code is explained, from the address of the API")
    title: str = Field(description="The code in words")
    status: int
    detail: str = Field(description="Words for people, about this very request")
    code: str = Field(description="A code for programs")
    request_id: str = Field(description="What to name when you ask about this request")
    errors: list[RequestFault] = Field(description="All that is wrong with body and query")


class Webhook(BaseModel):
    """A subscription to events, without its secret."""

    id: str
    url: str
    topics: list[str]
    variables: list[str] | None = Field(
        description="The variables whose changes are sent, null for all"
    )
    description: str
    form: str = Field(description="The API in whose words events are sent, native for this one")
    owner: Literal["key", "account"] | None = Field(
        description="Whom it belongs to, null of a webhook that an earlier version created"
    )
    key_id: str | None = Field(description="The id of the API key that it belongs to")
    status: Literal["active", "disabled", "suspended"] = Field(
        description="Nothing is sent to a webhook that is disabled or suspended"
    )
    suspended_reason: SuspensionReason | None = Field(
        description="What is wrong with its owner, null if nothing is"
    )
    disabled_reason: str | None = Field(description="Why nothing is sent, in words")
    disabled_at: datetime | None
    failing_since: datetime | None = Field(
        description="When the first delivery failed that no success came after"
    )
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(Webhook):
    """A webhook and its secret, which is shown only here."""

    secret: str


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    id: str
    deleted: Literal[True]


class Attempt(BaseModel):
    """One request to a webhook."""

    at: datetime
    status_code: int | None = Field(description="What the receiver answered, if it did")
    error: str | None = Field(description="Why it failed, null if it did not")
    error_code: Literal[*CODES] | None = Field(  # type: ignore[valid-type]
        description="The same for programs"
    )
    milliseconds: int


class Delivery(BaseModel):
    """An event on its way to a webhook."""

    id: str = Field(description="What names it in the path of a redelivery")
    event_id: str = Field(description="What the receiver is sent as webhook-id")
    webhook_id: str
    topic: str
    status: DeliveryStatus
    canceled_reason: CancellationReason | None
    occurred_at: datetime
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: list[Attempt]


class Redelivery(BaseModel):
    """What was queued again."""

    queued: int = Field(description="How many deliveries were queued again")
    next_cursor: str | None = Field(
        description="What leads to older ones as `cursor`, null if there are none"
    )


class Page(BaseModel, Generic[Thing]):
    """One page of a list."""

    data: list[Thing]
    next_cursor: str | None = Field(description="What leads to the next page, null if none does")


class WebhookList(Page[Webhook]):
    """Webhooks, oldest first."""


class DeliveryList(Page[Delivery]):
    """Deliveries, newest first."""
