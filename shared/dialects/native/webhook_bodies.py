"""What requests about webhooks say in their bodies."""

from dataclasses import replace
from typing import Any

from shared.dialects.native.dialect import MAX_BODY_BYTES, NATIVE
from shared.domain.ports import Destinations
from shared.domain.webhooks import Webhook, WebhookDraft, WebhookStatus
from shared.gateway.body import (
    TEXT,
    Body,
    defaulted,
    held_to,
    held_to_context,
    list_of,
    member_of,
    optional,
    required,
)
from shared.gateway.request import Request
from shared.validation.webhooks import (
    description_fault,
    topics_fault,
    url_fault,
    variables_fault,
)


def _url_fault(url: str, destinations: Destinations) -> str | None:
    return url_fault(url) or destinations.fault_of(url)


_URL = held_to_context(_url_fault, TEXT)
_TOPICS = held_to(topics_fault, list_of(TEXT))
_VARIABLES = held_to(variables_fault, list_of(TEXT))
_DESCRIPTION = held_to(description_fault, TEXT)

_UNSENT: Any = None
"""What a member that was not sent has in place of a value, which nobody reads."""


class WebhookCreation(Body, closed=True):
    """The body that creates a webhook."""

    url: str = required(_URL)
    topics: list[str] = required(_TOPICS)
    variables: list[str] | None = optional(_VARIABLES)
    description: str = defaulted(_DESCRIPTION, "")

    @classmethod
    def draft_of(cls, request: Request, destinations: Destinations) -> WebhookDraft:
        """The webhook that a request asks for."""
        body = request.parse_whole(cls, MAX_BODY_BYTES, context=destinations)
        return WebhookDraft(
            url=body.url,
            topics=tuple(body.topics),
            form=NATIVE.name,
            variables=None if body.variables is None else tuple(body.variables),
            description=body.description,
        )


class WebhookUpdate(Body, closed=True):
    """The body that changes a webhook: what is not sent stays as it is."""

    url: str = defaulted(_URL, _UNSENT)
    topics: list[str] = defaulted(_TOPICS, _UNSENT)
    variables: list[str] | None = optional(_VARIABLES)
    description: str = defaulted(_DESCRIPTION, _UNSENT)
    status: WebhookStatus = defaulted(member_of(WebhookStatus), _UNSENT)

    @classmethod
    def of(cls, request: Request, destinations: Destinations) -> "WebhookUpdate":
        """The update that a request asks for."""
        return request.parse_whole(cls, MAX_BODY_BYTES, context=destinations)

    def apply(self, webhook: Webhook) -> Webhook:
        """The webhook with the fields that were sent."""
        given = {name: _kept(getattr(self, name)) for name in self.sent}
        return replace(webhook, **given)


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
