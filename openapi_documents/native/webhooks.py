"""Describe the operations on webhooks in the native API, and their responses.

Serves the promise that every endpoint is described and every response documented. The responses
are built by `shared/dialects/native/webhook_responses.py`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from openapi_documents.description import Group, JsonObject, Model, Operation, Parameter, Success
from openapi_documents.examples import EVENT
from openapi_documents.native import events
from openapi_documents.native.responses import PAGING, Page
from shared.adapters.delivery_failures import CODES
from shared.dialects.native import webhook_requests
from shared.domain import errors
from shared.domain.deliveries import CancellationReason, DeliveryStatus
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.webhooks import SuspensionReason
from shared.services.webhooks.redeliveries import MAX_QUEUED
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from shared.validation import webhooks
from shared.validation.names import MAX_NAME_CHARS

_WEBHOOK_ID = "wh_018f9c5b2a40123456789abcdef"
_DELIVERY_ID = "001795323600000.evt_018f9c5b2a41"

PATH_PARAMETERS = (
    Parameter(
        "webhook_id",
        "The id of the webhook",
        example=_WEBHOOK_ID,
        error_responses=(errors.WebhookNotFound(_WEBHOOK_ID),),
    ),
    Parameter(
        "delivery_id",
        "The `id` of the delivery",
        example=_DELIVERY_ID,
        error_responses=(errors.DeliveryNotFound(_DELIVERY_ID),),
    ),
)

_WEBHOOK_LIMITS: JsonObject = {
    "properties": {
        "url": {"maxLength": webhooks.MAX_URL_CHARS, "format": "webhook-url"},
        "topics": {"minItems": 1, "uniqueItems": True, "items": {"enum": list(webhooks.TOPICS)}},
        "variables": {
            "minItems": 1,
            "maxItems": webhooks.MAX_FILTERED_VARIABLES,
            "items": {"minLength": 1, "maxLength": MAX_NAME_CHARS},
        },
        "description": {"maxLength": webhooks.MAX_DESCRIPTION_CHARS},
    }
}
LIMITS: dict[Model, JsonObject] = {
    webhook_requests.WebhookCreation: _WEBHOOK_LIMITS,
    webhook_requests.WebhookUpdate: _WEBHOOK_LIMITS,
    webhook_requests.WebhookRedelivery: {
        "properties": {"since": {"format": "date-time"}, "cursor": {"format": "cursor"}}
    },
}

_Topic = Annotated[str, Field(examples=["contact.context.updated"])]
_Instant = Annotated[datetime, Field(examples=["2026-11-22T05:00:00.000Z"])]


class WebhookState(StrEnum):
    """Whether events are sent to a webhook, and if not, whether it or its owner is why."""

    ACTIVE = "active"
    DISABLED = "disabled"
    SUSPENDED = "suspended"


class Webhook(BaseModel):
    """A subscription to events, without its secret."""

    id: str = Field(examples=[_WEBHOOK_ID])
    url: str = Field(examples=["https://example.com/hooks"])
    topics: list[_Topic]
    variables: list[str] | None = Field(
        description="The variables whose changes are sent, null for all",
        examples=[["membership_level"]],
    )
    description: str = Field(examples=["Updates levels in the CRM"])
    form: str = Field(
        description="The API whose payload format events have, native for this API",
        examples=["native"],
    )
    owner: Literal["key", "account"] | None = Field(
        description="The kind of owner, null for a webhook created by an earlier version",
        examples=["key"],
    )
    key_id: str | None = Field(
        description="The id of the API key that it belongs to", examples=["0f3b1c2d4e5f"]
    )
    status: WebhookState = Field(
        description="Nothing is sent to a webhook that is disabled or suspended",
        examples=["active"],
    )
    suspended_reason: SuspensionReason | None = Field(
        description="Why the owner cannot receive events, null if it can", examples=[None]
    )
    disabled_reason: str | None = Field(description="Why nothing is sent, in words")
    disabled_at: datetime | None
    failing_since: datetime | None = Field(
        description="When the first delivery failed since the last success"
    )
    created_at: _Instant
    updated_at: _Instant


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which no other response has."""

    secret: str = Field(examples=["whsec_dGhlIHNlY3JldCBvZiB0aGlzIGV4YW1wbGU="])


class WebhookDeleted(BaseModel):
    """A webhook was deleted."""

    id: str = Field(examples=[_WEBHOOK_ID])
    deleted: Literal[True]


class Attempt(BaseModel):
    """One request to a webhook."""

    at: datetime = Field(examples=["2026-11-22T05:00:01.250Z"])
    status_code: int | None = Field(
        description="The status of the response, null without one", examples=[204]
    )
    error: str | None = Field(description="Why it failed, null for a success")
    error_code: Literal[*CODES] | None = Field(  # type: ignore[valid-type]
        description="The same for programs", examples=[None]
    )
    milliseconds: int = Field(examples=[84])


class Delivery(BaseModel):
    """The delivery of an event to a webhook."""

    id: str = Field(description="The id in the path of a redelivery", examples=[_DELIVERY_ID])
    event_id: str = Field(
        description="The webhook-id header of its requests", examples=["evt_018f9c5b2a41"]
    )
    webhook_id: str = Field(examples=[_WEBHOOK_ID])
    topic: _Topic
    status: DeliveryStatus = Field(examples=["delivered"])
    canceled_reason: CancellationReason | None = Field(examples=[None])
    occurred_at: _Instant
    created_at: datetime = Field(examples=["2026-11-22T05:00:01.000Z"])
    next_attempt_at: datetime | None
    attempts: list[Attempt]


class Redelivery(BaseModel):
    """The result of queueing deliveries again."""

    queued: int = Field(description="How many deliveries were queued again", examples=[3])
    next_cursor: str | None = Field(
        description="The `cursor` of older deliveries, null if there are none"
    )


class WebhookList(Page[Webhook]):
    """Webhooks, oldest first."""


class DeliveryList(Page[Delivery]):
    """Deliveries, newest first."""


_BAD_BODY = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it must start with https://", ("url",)),
        Fault("unknown_member", "Extra inputs are not permitted", ("topic",)),
    ]
)
_FORBIDDEN = errors.WebhookForbidden("it belongs to an API key that sees more than this one")
_SUSPENDED = errors.WebhookInactive("its API key was revoked")
_BAD_REDELIVERY = InvalidRequest.from_faults([Fault("required", "it is required", ("since",))])
_PENDING: JsonObject = {
    "status": "pending",
    "next_attempt_at": "2026-11-22T06:00:00.000Z",
    "attempts": [],
}

_OPERATIONS = {
    ("create_webhook", "POST"): Operation(
        summary="Create a webhook",
        description="Subscribes to events. Only this response has the secret.",
        body=webhook_requests.WebhookCreation,
        examples={
            "levels": EVENT,
            "everything": {"url": "https://example.com/hooks", "topics": ["*"]},
        },
        response=Success("The webhook, with its secret", WebhookWithSecret, status=201),
        error_responses=(_BAD_BODY, errors.TooManyWebhooks(MAX_WEBHOOKS)),
    ),
    ("list_webhooks", "GET"): Operation(
        summary="List webhooks",
        description="Lists the webhooks of the account, oldest first.",
        parameters=PAGING,
        response=Success("One page of webhooks", WebhookList),
    ),
    ("get_webhook", "GET"): Operation(
        summary="Get a webhook",
        description="Returns a webhook. If nothing is sent to it, the reason is included.",
        response=Success("The webhook", Webhook),
    ),
    ("update_webhook", "PATCH"): Operation(
        summary="Change a webhook",
        description=(
            "Changes only the sent fields. `status` disables a webhook or activates it again. "
            "Events that happened while it was disabled are not sent."
        ),
        body=webhook_requests.WebhookUpdate,
        examples={
            "topics": EVENT,
            "active again": {"status": "active"},
        },
        response=Success("The changed webhook", Webhook),
        error_responses=(_BAD_BODY, _FORBIDDEN),
    ),
    ("delete_webhook", "DELETE"): Operation(
        summary="Delete a webhook",
        description="Deletes a webhook. Pending deliveries are not sent.",
        response=Success("It was deleted", WebhookDeleted),
    ),
    ("rotate_webhook_secret", "POST"): Operation(
        summary="Give a webhook a new secret",
        description=(
            "Creates a new secret. Only this response has it. For 24 hours, requests are "
            "signed with the old secret too."
        ),
        response=Success("The webhook, with its new secret", WebhookWithSecret),
        error_responses=(_FORBIDDEN,),
    ),
    ("test_webhook", "POST"): Operation(
        summary="Try a webhook",
        description=(
            "Sends an event of the type `webhook.test` like any other event, with a single "
            "attempt. A disabled webhook receives it too."
        ),
        response=Success(
            "The pending delivery",
            Delivery,
            example={
                **_PENDING,
                "topic": "webhook.test",
                "next_attempt_at": "2026-11-22T05:00:00.000Z",
            },
            status=201,
        ),
        error_responses=(_SUSPENDED, errors.NotDeployed("queue")),
    ),
    ("redeliver_webhook_delivery", "POST"): Operation(
        summary="Send a delivery again",
        description=(
            "Queues a delivery again with the same `webhook-id`, whether or not it succeeded. "
            "The event is read again: it has only what the owner of the webhook can see now."
        ),
        response=Success("The delivery, which is pending", Delivery, example=_PENDING),
        error_responses=(
            _SUSPENDED,
            errors.DeliveryNotRepeatable("it is pending"),
            errors.NotDeployed("queue"),
        ),
    ),
    ("redeliver_webhook", "POST"): Operation(
        summary="Send all failed deliveries again",
        description=(
            "Queues all failed and canceled deliveries of events since an instant, newest "
            f"first. One request queues up to {MAX_QUEUED}: repeat it with `next_cursor` as "
            "`cursor` until that is null."
        ),
        body=webhook_requests.WebhookRedelivery,
        examples={"since": EVENT},
        response=Success("How many were queued", Redelivery),
        error_responses=(_BAD_REDELIVERY, _SUSPENDED, errors.NotDeployed("queue")),
    ),
    ("list_webhook_deliveries", "GET"): Operation(
        summary="List deliveries",
        description=(
            "Lists the deliveries to a webhook in the last 30 days with all attempts, newest "
            "event first."
        ),
        parameters=PAGING,
        response=Success("One page of deliveries", DeliveryList),
    ),
}

GROUP = Group(
    "Webhooks", "Notify your systems of events as they happen.", _OPERATIONS, events.EVENTS
)
