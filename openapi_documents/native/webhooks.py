"""Describe the operations on webhooks in the native API, and their responses."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel

from openapi_documents.description import EVENT, Group, JsonObject, Operation, Parameter, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from openapi_documents.native import events
from shared.adapters.delivery_failures import CODES
from shared.dialects.native import webhook_requests
from shared.domain import errors
from shared.domain.deliveries import CancellationReason, DeliveryStatus
from shared.domain.errors import Fault
from shared.domain.webhooks import SuspensionReason
from shared.services.webhooks.redeliveries import MAX_QUEUED
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from shared.validation import webhooks
from shared.validation.names import MAX_NAME_CHARS

_WEBHOOK_ID = "wh_018f9c5b2a40123456789abcdef"
_DELIVERY_ID = "001795323600000.evt_018f9c5b2a41"

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

_Topic = Annotated[str, member(example="contact.context.updated")]
_Instant = Annotated[datetime, member(example="2026-11-22T05:00:00.000Z")]


class WebhookState(StrEnum):
    """Whether events are sent to a webhook, and if not, whether it or its owner is why."""

    ACTIVE = "active"
    DISABLED = "disabled"
    SUSPENDED = "suspended"


class Webhook(BaseModel):
    """A subscription to events, without its secret."""

    id: str = member(example=_WEBHOOK_ID)
    url: str = member(example="https://example.com/hooks")
    topics: list[_Topic]
    variables: list[str] | None = member(
        "The variables whose changes are sent, null for all", example=["membership_level"]
    )
    description: str = member(example="Updates levels in the CRM")
    form: str = member(
        "The API whose payload format events have, native for this API", example="native"
    )
    owner: Literal["key", "account"] | None = member(
        "The kind of owner, null for a webhook created by an earlier version", example="key"
    )
    key_id: str | None = member("The id of the API key that it belongs to", example="0f3b1c2d4e5f")
    status: WebhookState = member(
        "Nothing is sent to a webhook that is disabled or suspended", example="active"
    )
    suspended_reason: SuspensionReason | None = member(
        "Why the owner cannot receive events, null if it can"
    )
    disabled_reason: str | None = member("Why nothing is sent, in words")
    disabled_at: datetime | None
    failing_since: datetime | None = member("When the first delivery failed since the last success")
    created_at: _Instant
    updated_at: _Instant


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which no other response has."""

    secret: str = member(example="whsec_dGhlIHNlY3JldCBvZiB0aGlzIGV4YW1wbGU=")


class Attempt(BaseModel):
    """One request to a webhook."""

    at: datetime = member(example="2026-11-22T05:00:01.250Z")
    status_code: int | None = member("The status of the response, null without one", example=204)
    error: str | None = member("Why it failed, null for a success")
    error_code: Literal[*CODES] | None = member("The same for programs")  # type: ignore[valid-type]
    milliseconds: int = member(example=84)


class Delivery(BaseModel):
    """The delivery of an event to a webhook."""

    id: str = member("The id in the path of a redelivery", example=_DELIVERY_ID)
    event_id: str = member("The webhook-id header of its requests", example="evt_018f9c5b2a41")
    webhook_id: str = member(example=_WEBHOOK_ID)
    topic: _Topic
    status: DeliveryStatus = member(example="delivered")
    canceled_reason: CancellationReason | None
    occurred_at: _Instant
    created_at: datetime = member(example="2026-11-22T05:00:01.000Z")
    next_attempt_at: datetime | None
    attempts: list[Attempt]


class Redelivery(BaseModel):
    """The result of queueing deliveries again."""

    queued: int = member("How many deliveries were queued again", example=3)
    next_cursor: str | None = member("The `cursor` of older deliveries, null if there are none")


_BAD_BODY = native.invalid(
    Fault("invalid_value", "it must start with https://", ("url",)),
    Fault("unknown_member", "Extra inputs are not permitted", ("topic",)),
)
_FORBIDDEN = errors.WebhookForbidden("it belongs to an API key that sees more than this one")
_SUSPENDED = errors.WebhookInactive("its API key was revoked")
_PENDING: JsonObject = {
    "status": "pending",
    "next_attempt_at": "2026-11-22T06:00:00.000Z",
    "attempts": [],
}

_OPERATIONS = {
    ("create_webhook", "POST"): Operation(
        "Subscribes to events. Only this response has the secret.",
        body=webhook_requests.WebhookCreation,
        examples={
            "levels": EVENT,
            "everything": {"url": "https://example.com/hooks", "topics": ["*"]},
        },
        response=Success("The webhook, with its secret", WebhookWithSecret, status=201),
        errors=(_BAD_BODY, errors.TooManyWebhooks(MAX_WEBHOOKS)),
    ),
    ("list_webhooks", "GET"): native.listing(
        "webhooks",
        Webhook,
        "Webhooks, oldest first.",
        "Lists the webhooks of the account, oldest first.",
    ),
    ("get_webhook", "GET"): Operation(
        "Returns a webhook. If nothing is sent to it, the reason is included.",
        response=Success("The webhook", Webhook),
    ),
    ("update_webhook", "PATCH"): Operation(
        "Changes only the sent fields. `status` disables a webhook or activates it again. "
        "Events that happened while it was disabled are not sent.",
        body=webhook_requests.WebhookUpdate,
        examples={"topics": EVENT, "active again": {"status": "active"}},
        response=Success("The changed webhook", Webhook),
        errors=(_BAD_BODY, _FORBIDDEN),
    ),
    ("delete_webhook", "DELETE"): native.deletion(
        "a webhook", _WEBHOOK_ID, "Deletes a webhook. Pending deliveries are not sent."
    ),
    ("rotate_webhook_secret", "POST"): Operation(
        "Creates a new secret. Only this response has it. For 24 hours, requests are "
        "signed with the old secret too.",
        response=Success("The webhook, with its new secret", WebhookWithSecret),
        errors=(_FORBIDDEN,),
    ),
    ("test_webhook", "POST"): Operation(
        "Sends an event of the type `webhook.test` like any other event, with a single "
        "attempt. A disabled webhook receives it too.",
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
        errors=(_SUSPENDED, errors.NotDeployed("queue")),
    ),
    ("redeliver_webhook_delivery", "POST"): Operation(
        "Queues a delivery again with the same `webhook-id`, whether or not it succeeded. "
        "The event is read again: it has only what the owner of the webhook can see now.",
        response=Success("The delivery, which is pending", Delivery, example=_PENDING),
        errors=(
            _SUSPENDED,
            errors.DeliveryNotRepeatable("it is pending"),
            errors.NotDeployed("queue"),
        ),
    ),
    ("redeliver_webhook", "POST"): Operation(
        "Queues all failed and canceled deliveries of events since an instant, newest "
        f"first. One request queues up to {MAX_QUEUED}: repeat it with `next_cursor` as "
        "`cursor` until that is null.",
        body=webhook_requests.WebhookRedelivery,
        response=Success("How many were queued", Redelivery),
        errors=(_SUSPENDED, errors.NotDeployed("queue")),
    ),
    ("list_webhook_deliveries", "GET"): native.listing(
        "deliveries",
        Delivery,
        "Deliveries, newest first.",
        "Lists the deliveries to a webhook in the last 30 days with all attempts, newest "
        "event first.",
    ),
}

GROUP = Group(
    "Webhooks",
    "Notify your systems of events as they happen.",
    _OPERATIONS,
    events.EVENTS,
    path_parameters=(
        native.id_in_path("webhook_id", _WEBHOOK_ID, errors.WebhookNotFound),
        Parameter(
            "delivery_id",
            "The `id` of the delivery",
            example=_DELIVERY_ID,
            errors=(errors.DeliveryNotFound(_DELIVERY_ID),),
        ),
    ),
    limits={
        webhook_requests.WebhookCreation: _WEBHOOK_LIMITS,
        webhook_requests.WebhookUpdate: _WEBHOOK_LIMITS,
        webhook_requests.WebhookRedelivery: {
            "properties": {"since": {"format": "date-time"}, "cursor": {"format": "cursor"}}
        },
    },
)
