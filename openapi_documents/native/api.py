"""Describe the native API."""

from typing import Any

from openapi_documents.description import Api, JsonObject, Operation, RequestBody, SuccessResponse
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native import (
    activity,
    contacts,
    events,
    imports,
    responses,
    suggestions,
    variables,
)
from shared.dialects.native.dialect import NATIVE
from shared.dialects.native.import_requests import ImportCreation
from shared.dialects.native.paging import DEFAULT_LIMIT, MAX_LIMIT
from shared.dialects.native.webhook_requests import (
    WebhookCreation,
    WebhookRedelivery,
    WebhookUpdate,
)
from shared.domain import errors
from shared.domain.errors import Fault, InvalidRequest
from shared.services.webhooks.redeliveries import MAX_QUEUED
from shared.services.webhooks.subscriptions import MAX_WEBHOOKS
from shared.validation.names import MAX_NAME_CHARS
from shared.validation.webhooks import (
    MAX_DESCRIPTION_CHARS,
    MAX_FILTERED_VARIABLES,
    MAX_URL_CHARS,
    TOPICS,
)

DESCRIPTION = """\
The API of Contact Context itself, made for AI agents and those who build them.

Send the key as `Authorization: Bearer` or as `X-API-Key`.

Errors are problem documents (RFC 9457). They list all faults of a request.
Their `type` links to [the explanation of the code](/docs/errors).
Lists are paged: send the `next_cursor` of a page as `cursor` to get the next page.
Times are in UTC. Unknown members of a body are an error.

A request that fails with a status below 500 changes nothing.
"""

_WEBHOOKS = "Webhooks"
_WEBHOOK_ID = "wh_018f9c5b2a40123456789abcdef"
_NO_WEBHOOK = errors.WebhookNotFound(_WEBHOOK_ID)
_WHICH = in_path("webhook_id", "The id of the webhook", TEXT, _WEBHOOK_ID)

_SHOWN: dict[str, Any] = {
    "id": _WEBHOOK_ID,
    "url": "https://example.com/hooks",
    "topics": ["contact.context.updated"],
    "variables": ["membership_level"],
    "description": "Updates levels in the CRM",
    "form": "native",
    "owner": "key",
    "key_id": "0f3b1c2d4e5f",
    "status": "active",
    "suspended_reason": None,
    "disabled_reason": None,
    "disabled_at": None,
    "failing_since": None,
    "created_at": "2026-11-22T05:00:00.000Z",
    "updated_at": "2026-11-22T05:00:00.000Z",
}
_WITH_SECRET = {**_SHOWN, "secret": "whsec_dGhlIHNlY3JldCBvZiB0aGlzIGV4YW1wbGU="}
_DELIVERY_ID = "001795323600000.evt_018f9c5b2a41"
_DELIVERY: dict[str, Any] = {
    "id": _DELIVERY_ID,
    "event_id": "evt_018f9c5b2a41",
    "webhook_id": _WEBHOOK_ID,
    "topic": "contact.context.updated",
    "status": "delivered",
    "canceled_reason": None,
    "occurred_at": "2026-11-22T05:00:00.000Z",
    "created_at": "2026-11-22T05:00:01.000Z",
    "next_attempt_at": None,
    "attempts": [
        {
            "at": "2026-11-22T05:00:01.250Z",
            "status_code": 204,
            "error": None,
            "error_code": None,
            "milliseconds": 84,
        }
    ],
}

_PAGING = (
    in_query(
        "limit",
        f"The size of the page, {DEFAULT_LIMIT} by default",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
    ),
    in_query(
        "cursor", "The `next_cursor` of the previous page", {"type": "string", "format": "cursor"}
    ),
)
_BAD_PAGE = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be a number from 1 to 100", parameter="limit")]
)
_BAD_BODY = InvalidRequest.from_faults(
    [
        Fault("invalid_value", "it must start with https://", ("url",)),
        Fault("unknown_member", "Extra inputs are not permitted", ("topic",)),
    ]
)

_FORBIDDEN = errors.WebhookForbidden("it belongs to an API key that sees more than this one")
_SUSPENDED = errors.WebhookInactive("its API key was revoked")
_BAD_REDELIVERY = InvalidRequest.from_faults([Fault("required", "it is required", ("since",))])

_LIMITS: JsonObject = {
    "properties": {
        "url": {"maxLength": MAX_URL_CHARS, "format": "webhook-url"},
        "topics": {"minItems": 1, "uniqueItems": True, "items": {"enum": list(TOPICS)}},
        "variables": {
            "minItems": 1,
            "maxItems": MAX_FILTERED_VARIABLES,
            "items": {"minLength": 1, "maxLength": MAX_NAME_CHARS},
        },
        "description": {"maxLength": MAX_DESCRIPTION_CHARS},
    }
}

API = Api(
    dialect=NATIVE,
    title="Contact Context native API",
    description=DESCRIPTION,
    tags={
        contacts.TAG: "The people that agents talk to.",
        variables.TAG: "What is known about a contact or the business, who said so, and how sure.",
        suggestions.TAG: "Writes of weaker sources, for a person to decide.",
        activity.TAG: "The changes of a contact: who changed what, and when.",
        _WEBHOOKS: "Notify your systems of events as they happen.",
        imports.TAG: "Import contacts from files, row by row.",
    },
    security={
        "nativeBearer": {"type": "http", "scheme": "bearer", "description": "The API key"},
        "nativeHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    },
    error_response=responses.Problem,
    coded=("code",),
    events=events.events(_WEBHOOKS),
    operations={
        **contacts.OPERATIONS,
        **variables.OPERATIONS,
        **suggestions.operations(_PAGING),
        **activity.operations(_PAGING),
        ("create_webhook", "POST"): Operation(
            operation_id="createWebhook",
            summary="Create a webhook",
            tag=_WEBHOOKS,
            description="Subscribes to events. Only this response has the secret.",
            body=RequestBody(
                model=WebhookCreation,
                examples={
                    "levels": {
                        "url": "https://example.com/hooks",
                        "topics": ["contact.context.updated"],
                        "variables": ["membership_level"],
                    },
                    "everything": {"url": "https://example.com/hooks", "topics": ["*"]},
                },
            ),
            response=SuccessResponse(
                status=201,
                description="The webhook, with its secret",
                model=responses.WebhookWithSecret,
                example=_WITH_SECRET,
            ),
            error_responses=(_BAD_BODY, errors.TooManyWebhooks(MAX_WEBHOOKS)),
        ),
        ("list_webhooks", "GET"): Operation(
            operation_id="listWebhooks",
            summary="List webhooks",
            tag=_WEBHOOKS,
            description="Lists the webhooks of the account, oldest first.",
            parameters=_PAGING,
            response=SuccessResponse(
                description="One page of webhooks",
                model=responses.WebhookList,
                example={"data": [_SHOWN], "next_cursor": None},
            ),
            error_responses=(_BAD_PAGE,),
        ),
        ("get_webhook", "GET"): Operation(
            operation_id="getWebhook",
            summary="Get a webhook",
            tag=_WEBHOOKS,
            description="Returns a webhook. If nothing is sent to it, the reason is included.",
            parameters=(_WHICH,),
            response=SuccessResponse(
                description="The webhook", model=responses.Webhook, example=_SHOWN
            ),
            error_responses=(_NO_WEBHOOK,),
        ),
        ("update_webhook", "PATCH"): Operation(
            operation_id="updateWebhook",
            summary="Change a webhook",
            tag=_WEBHOOKS,
            description=(
                "Changes only the sent fields. `status` disables a webhook or activates it again. "
                "Events that happened while it was disabled are not sent."
            ),
            parameters=(_WHICH,),
            body=RequestBody(
                model=WebhookUpdate,
                examples={
                    "topics": {"topics": ["contact.created", "contact.deleted"]},
                    "active again": {"status": "active"},
                },
            ),
            response=SuccessResponse(
                description="The changed webhook", model=responses.Webhook, example=_SHOWN
            ),
            error_responses=(_BAD_BODY, _NO_WEBHOOK, _FORBIDDEN),
        ),
        ("delete_webhook", "DELETE"): Operation(
            operation_id="deleteWebhook",
            summary="Delete a webhook",
            tag=_WEBHOOKS,
            description="Deletes a webhook. Pending deliveries are not sent.",
            parameters=(_WHICH,),
            response=SuccessResponse(
                description="It was deleted",
                model=responses.WebhookDeleted,
                example={"id": _WEBHOOK_ID, "deleted": True},
            ),
            error_responses=(_NO_WEBHOOK,),
        ),
        ("rotate_webhook_secret", "POST"): Operation(
            operation_id="rotateWebhookSecret",
            summary="Give a webhook a new secret",
            tag=_WEBHOOKS,
            description=(
                "Creates a new secret. Only this response has it. For 24 hours, requests are "
                "signed with the old secret too."
            ),
            parameters=(_WHICH,),
            response=SuccessResponse(
                description="The webhook, with its new secret",
                model=responses.WebhookWithSecret,
                example=_WITH_SECRET,
            ),
            error_responses=(_NO_WEBHOOK, _FORBIDDEN),
        ),
        ("test_webhook", "POST"): Operation(
            operation_id="testWebhook",
            summary="Try a webhook",
            tag=_WEBHOOKS,
            description=(
                "Sends an event of the type `webhook.test` like any other event, with a single "
                "attempt. A disabled webhook receives it too."
            ),
            parameters=(_WHICH,),
            response=SuccessResponse(
                status=201,
                description="The pending delivery",
                model=responses.Delivery,
                example={
                    **_DELIVERY,
                    "topic": "webhook.test",
                    "status": "pending",
                    "next_attempt_at": "2026-11-22T05:00:00.000Z",
                    "attempts": [],
                },
            ),
            error_responses=(_NO_WEBHOOK, _SUSPENDED, errors.NotDeployed("queue")),
        ),
        ("redeliver_webhook_delivery", "POST"): Operation(
            operation_id="redeliverWebhookDelivery",
            summary="Send a delivery again",
            tag=_WEBHOOKS,
            description=(
                "Queues a delivery again with the same `webhook-id`, whether or not it succeeded. "
                "The event is read again: it has only what the owner of the webhook can see now."
            ),
            parameters=(
                _WHICH,
                in_path("delivery_id", "The `id` of the delivery", TEXT, _DELIVERY_ID),
            ),
            response=SuccessResponse(
                description="The delivery, which is pending",
                model=responses.Delivery,
                example={
                    **_DELIVERY,
                    "status": "pending",
                    "next_attempt_at": "2026-11-22T06:00:00.000Z",
                    "attempts": [],
                },
            ),
            error_responses=(
                _NO_WEBHOOK,
                errors.DeliveryNotFound(_DELIVERY_ID),
                _SUSPENDED,
                errors.DeliveryNotRepeatable("it is pending"),
                errors.NotDeployed("queue"),
            ),
        ),
        ("redeliver_webhook", "POST"): Operation(
            operation_id="redeliverWebhook",
            summary="Send all failed deliveries again",
            tag=_WEBHOOKS,
            description=(
                "Queues all failed and canceled deliveries of events since an instant, newest "
                f"first. One request queues up to {MAX_QUEUED}: repeat it with `next_cursor` as "
                "`cursor` until that is null."
            ),
            parameters=(_WHICH,),
            body=RequestBody(
                model=WebhookRedelivery,
                examples={"since": {"since": "2026-11-22T05:00:00+00:00"}},
            ),
            response=SuccessResponse(
                description="How many were queued",
                model=responses.Redelivery,
                example={"queued": 3, "next_cursor": None},
            ),
            error_responses=(_BAD_REDELIVERY, _NO_WEBHOOK, _SUSPENDED, errors.NotDeployed("queue")),
        ),
        ("list_webhook_deliveries", "GET"): Operation(
            operation_id="listWebhookDeliveries",
            summary="List deliveries",
            tag=_WEBHOOKS,
            description=(
                "Lists the deliveries to a webhook in the last 30 days with all attempts, newest "
                "event first."
            ),
            parameters=(_WHICH, *_PAGING),
            response=SuccessResponse(
                description="One page of deliveries",
                model=responses.DeliveryList,
                example={"data": [_DELIVERY], "next_cursor": None},
            ),
            error_responses=(_BAD_PAGE, _NO_WEBHOOK),
        ),
        **imports.operations(_PAGING, _BAD_PAGE),
    },
    limits={
        WebhookCreation: _LIMITS,
        WebhookUpdate: _LIMITS,
        WebhookRedelivery: {
            "properties": {"since": {"format": "date-time"}, "cursor": {"format": "cursor"}}
        },
        ImportCreation: imports.LIMITS,
        **variables.LIMITS,
    },
)
