"""Bodies of requests about webhooks."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.dialects.native.dialect import (
    MAX_BODY_BYTES,
    NATIVE,
    READ_CONTACTS,
    WRITE_WEBHOOKS,
)
from shared.dialects.native.instants import instant_fault
from shared.dialects.native.paging import Listed, decode_cursor
from shared.domain.webhooks import UrlPolicy, Webhook, WebhookDraft, WebhookStatus
from shared.gateway.request import Request
from shared.gateway.request_model import (
    TEXT,
    RequestModel,
    after_validator,
    contextual_validator,
    defaulted,
    enum_of,
    list_of,
    optional,
    required,
)
from shared.validation.webhooks import (
    description_fault,
    topics_fault,
    url_fault,
    variables_fault,
)


def _url_fault(url: str, url_policy: UrlPolicy) -> str | None:
    return url_fault(url) or url_policy.find_fault(url)


def _cursor_fault(text: str) -> str | None:
    return (
        None
        if decode_cursor(text, Listed.REDELIVERIES)
        else "it must be the next_cursor of a response"
    )


_URL = contextual_validator(_url_fault, TEXT)
_TOPICS = after_validator(topics_fault, list_of(TEXT))
_VARIABLES = after_validator(variables_fault, list_of(TEXT))
_DESCRIPTION = after_validator(description_fault, TEXT)

PERMISSIONS = (WRITE_WEBHOOKS, READ_CONTACTS)
"""The permissions that the API key of a webhook needs for events to be sent."""

_UNSENT: Any = None
"""The placeholder of a field that was not sent. It is never read."""


class WebhookCreation(RequestModel, closed=True):
    """The body that creates a webhook."""

    url: str = required(_URL)
    topics: list[str] = required(_TOPICS)
    variables: list[str] | None = optional(_VARIABLES)
    description: str = defaulted(_DESCRIPTION, "")

    @classmethod
    def draft_of(cls, request: Request, url_policy: UrlPolicy) -> WebhookDraft:
        """Parse the webhook to create."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES, context=url_policy)
        return WebhookDraft(
            url=body.url,
            topics=tuple(body.topics),
            form=NATIVE.name,
            permissions=PERMISSIONS,
            variables=None if body.variables is None else tuple(body.variables),
            description=body.description,
        )


class WebhookUpdate(RequestModel, closed=True):
    """The body that changes a webhook. Fields that are not sent keep their values."""

    url: str = defaulted(_URL, _UNSENT)
    topics: list[str] = defaulted(_TOPICS, _UNSENT)
    variables: list[str] | None = optional(_VARIABLES)
    description: str = defaulted(_DESCRIPTION, _UNSENT)
    status: WebhookStatus = defaulted(enum_of(WebhookStatus), _UNSENT)

    @classmethod
    def of(cls, request: Request, url_policy: UrlPolicy) -> "WebhookUpdate":
        """Parse and validate the body of a request."""
        return request.parse_with_all_faults(cls, MAX_BODY_BYTES, context=url_policy)

    def apply(self, webhook: Webhook) -> Webhook:
        """Return the webhook with the sent fields changed."""
        given = {name: _as_stored(getattr(self, name)) for name in self.sent}
        return replace(webhook, **given)


class WebhookRedelivery(RequestModel, closed=True):
    """The body that asks for the failed deliveries since an instant."""

    since: str = required(after_validator(instant_fault, TEXT))
    cursor: str | None = optional(after_validator(_cursor_fault, TEXT))

    @classmethod
    def of(cls, request: Request) -> "WebhookRedelivery":
        """Parse and validate the body of a request."""
        return request.parse_with_all_faults(cls, MAX_BODY_BYTES)

    @property
    def from_instant(self) -> datetime:
        """The earliest event to redeliver, by its instant."""
        return datetime.fromisoformat(self.since)

    @property
    def position(self) -> str | None:
        """The delivery after which to continue, None for the first request."""
        return None if self.cursor is None else decode_cursor(self.cursor, Listed.REDELIVERIES)


def _as_stored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
