"""Bodies of Vambe's requests about webhooks.

Source: Vambe, "Webhooks": topic, URL and secret of a webhook, and whether it is active.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.dialects.vambe.dialect import MAX_BODY_BYTES, VAMBE
from shared.domain.changes import EventType
from shared.domain.webhooks import EVERY_TOPIC, Webhook, WebhookDraft, WebhookStatus
from shared.gateway.request import Request
from shared.gateway.request_model import (
    BOOLEAN,
    TEXT,
    RequestModel,
    defaulted,
    one_of,
    required,
    text,
)

MAX_SECRET_CHARS = 256

TOPICS: Mapping[str, tuple[str, ...]] = {
    "contact.created": (EventType.CONTACT_CREATED,),
    "contact.updated": (EventType.CONTACT_UPDATED, EventType.CONTEXT_UPDATED),
}
"""The topics that this service sends, each with its event types."""

_UNSENT: Any = None
"""The placeholder of a field that was not sent. It is never read."""

_TOPIC = one_of(*TOPICS)
_SECRET = text(min_length=1, max_length=MAX_SECRET_CHARS)


class WebhookCreation(RequestModel):
    """The body of "Create a New Webhook"."""

    topic: str = required(_TOPIC)
    url: str = required(TEXT)
    secret: str = required(_SECRET)

    @classmethod
    def of(cls, request: Request) -> "WebhookCreation":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    @property
    def draft(self) -> WebhookDraft:
        """The webhook to create, without its secret."""
        return WebhookDraft(url=self.url, topics=TOPICS[self.topic], form=VAMBE.name)


class WebhookUpdate(RequestModel):
    """The body of "Update a Webhook". Fields that are not sent keep their values."""

    topic: str = defaulted(_TOPIC, _UNSENT)
    url: str = defaulted(TEXT, _UNSENT)
    secret: str = defaulted(_SECRET, _UNSENT)
    active: bool = defaulted(BOOLEAN, _UNSENT)

    @classmethod
    def of(cls, request: Request) -> "WebhookUpdate":
        """Parse and validate the body of a request."""
        return request.parse(cls, MAX_BODY_BYTES)

    def apply(self, webhook: Webhook) -> Webhook:
        """Return the webhook with the sent fields changed."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.sent}
        if "topic" in given:
            given["topics"] = TOPICS[given.pop("topic")]
        if "active" in given:
            is_active = given.pop("active")
            given["status"] = WebhookStatus.ACTIVE if is_active else WebhookStatus.DISABLED
        return replace(webhook, **given)


def topic_of(webhook: Webhook) -> str:
    """Return Vambe's topic of a webhook."""
    change_topics = {EVERY_TOPIC, EventType.CONTEXT_UPDATED, EventType.CONTACT_UPDATED}
    return "contact.updated" if change_topics & {*webhook.topics} else "contact.created"
