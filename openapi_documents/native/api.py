"""The service's own API."""

from typing import Any

from openapi_documents.description import Answer, Api, Body, JsonObject, Operation
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native import activity, events, imports
from openapi_documents.native import responses as answers
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

The key is sent as `Authorization: Bearer` or as `X-API-Key`.

Errors are problem documents (RFC 9457), which list all that is wrong with a request at once.
Their `type` links to [the explanation of the code](/docs/errors).
Lists come in pages: send the `next_cursor` of one as `cursor` to get the next.
Times are of UTC. Unknown members of a body are refused.

Every path is served with and without a trailing slash.
A request that is refused with a status below 500 changes nothing.
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
    "description": "Tells the CRM of levels",
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
        f"How many to list, {DEFAULT_LIMIT} if it is not given",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
    ),
    in_query(
        "cursor", "The `next_cursor` of the page before", {"type": "string", "format": "cursor"}
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
        activity.TAG: "What was changed on a contact, by whom and when.",
        _WEBHOOKS: "What tells your systems of what happens, as soon as it does.",
        imports.TAG: "Files of contacts, taken in row by row.",
    },
    security={
        "nativeBearer": {"type": "http", "scheme": "bearer", "description": "The API key"},
        "nativeHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    },
    error_response=answers.Problem,
    coded=("code",),
    events=events.events(_WEBHOOKS),
    operations={
        **activity.operations(_PAGING),
        ("create_webhook", "POST"): Operation(
            operation_id="createWebhook",
            summary="Create a webhook",
            tag=_WEBHOOKS,
            description="Subscribes to events. The secret is told only in this answer.",
            body=Body(
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
            answer=Answer(
                status=201,
                description="The webhook, with its secret",
                model=answers.WebhookWithSecret,
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
            answer=Answer(
                description="One page of webhooks",
                model=answers.WebhookList,
                example={"data": [_SHOWN], "next_cursor": None},
            ),
            error_responses=(_BAD_PAGE,),
        ),
        ("get_webhook", "GET"): Operation(
            operation_id="getWebhook",
            summary="Get a webhook",
            tag=_WEBHOOKS,
            description="Shows a webhook, and why nothing is sent to it if that is so.",
            parameters=(_WHICH,),
            answer=Answer(description="The webhook", model=answers.Webhook, example=_SHOWN),
            error_responses=(_NO_WEBHOOK,),
        ),
        ("update_webhook", "PATCH"): Operation(
            operation_id="updateWebhook",
            summary="Change a webhook",
            tag=_WEBHOOKS,
            description=(
                "Changes what is sent, and nothing else. `status` disables a webhook, or makes it "
                "active again, without what was not sent meanwhile."
            ),
            parameters=(_WHICH,),
            body=Body(
                model=WebhookUpdate,
                examples={
                    "topics": {"topics": ["contact.created", "contact.deleted"]},
                    "active again": {"status": "active"},
                },
            ),
            answer=Answer(
                description="The webhook as it is now", model=answers.Webhook, example=_SHOWN
            ),
            error_responses=(_BAD_BODY, _NO_WEBHOOK, _FORBIDDEN),
        ),
        ("delete_webhook", "DELETE"): Operation(
            operation_id="deleteWebhook",
            summary="Delete a webhook",
            tag=_WEBHOOKS,
            description="Deletes a webhook. What is on its way to it is not sent any more.",
            parameters=(_WHICH,),
            answer=Answer(
                description="It was deleted",
                model=answers.WebhookDeleted,
                example={"id": _WEBHOOK_ID, "deleted": True},
            ),
            error_responses=(_NO_WEBHOOK,),
        ),
        ("rotate_webhook_secret", "POST"): Operation(
            operation_id="rotateWebhookSecret",
            summary="Give a webhook a new secret",
            tag=_WEBHOOKS,
            description=(
                "Makes a new secret, which is told only in this answer. For 24 hours the old one "
                "signs beside it."
            ),
            parameters=(_WHICH,),
            answer=Answer(
                description="The webhook, with its new secret",
                model=answers.WebhookWithSecret,
                example=_WITH_SECRET,
            ),
            error_responses=(_NO_WEBHOOK, _FORBIDDEN),
        ),
        ("test_webhook", "POST"): Operation(
            operation_id="testWebhook",
            summary="Try a webhook",
            tag=_WEBHOOKS,
            description=(
                "Sends an event of the type `webhook.test` on the way that all events take, also "
                "to a webhook that is disabled. It is tried once."
            ),
            parameters=(_WHICH,),
            answer=Answer(
                status=201,
                description="The delivery has begun",
                model=answers.Delivery,
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
                "Queues a delivery again, whether or not it has arrived, under the same "
                "`webhook-id`. The event is read again: what the owner of the webhook sees now is "
                "sent."
            ),
            parameters=(
                _WHICH,
                in_path("delivery_id", "The `id` of the delivery", TEXT, _DELIVERY_ID),
            ),
            answer=Answer(
                description="The delivery, which is pending",
                model=answers.Delivery,
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
                f"Queues the deliveries again that failed or were canceled, of events since an "
                f"instant, the newest first. One request queues up to {MAX_QUEUED}: send it again "
                "with `next_cursor` as `cursor` until that is null."
            ),
            parameters=(_WHICH,),
            body=Body(
                model=WebhookRedelivery,
                examples={"since": {"since": "2026-11-22T05:00:00Z"}},
            ),
            answer=Answer(
                description="How many were queued",
                model=answers.Redelivery,
                example={"queued": 3, "next_cursor": None},
            ),
            error_responses=(_BAD_REDELIVERY, _NO_WEBHOOK, _SUSPENDED, errors.NotDeployed("queue")),
        ),
        ("list_webhook_deliveries", "GET"): Operation(
            operation_id="listWebhookDeliveries",
            summary="List deliveries",
            tag=_WEBHOOKS,
            description=(
                "Lists what was sent to a webhook in the last 30 days, the newest event first, "
                "with every attempt."
            ),
            parameters=(_WHICH, *_PAGING),
            answer=Answer(
                description="One page of deliveries",
                model=answers.DeliveryList,
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
    },
)
