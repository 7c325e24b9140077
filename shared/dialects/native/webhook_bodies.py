"""What requests about webhooks say in their bodies."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictStr, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.dialects.native.dialect import MAX_BODY_BYTES, NATIVE
from shared.domain.ports import Destinations
from shared.domain.webhooks import Webhook, WebhookDraft, WebhookStatus
from shared.gateway.request import Request
from shared.validation.webhooks import (
    description_fault,
    topics_fault,
    url_fault,
    variables_fault,
)


def _refuse(reason: str | None) -> None:
    if reason:
        raise PydanticCustomError("invalid_value", "{reason}", {"reason": reason})


def _held_to(fault_of: Callable[[Any], str | None]) -> AfterValidator:
    def check(value: Any) -> Any:
        _refuse(fault_of(value))
        return value

    return AfterValidator(check)


def _check_url(url: str, info: ValidationInfo) -> str:
    destinations: Any = info.context
    _refuse(url_fault(url) or destinations.fault_of(url))
    return url


Url = Annotated[StrictStr, AfterValidator(_check_url)]
Topics = Annotated[tuple[StrictStr, ...], _held_to(topics_fault)]
Variables = Annotated[tuple[StrictStr, ...] | None, _held_to(variables_fault)]
Description = Annotated[StrictStr, _held_to(description_fault)]

_UNSENT: Any = None
"""What a member that was not sent has in place of a value, which nobody reads."""


class WebhookCreation(BaseModel):
    """The body that creates a webhook."""

    model_config = ConfigDict(defer_build=True, extra="forbid")

    url: Url
    topics: Topics
    variables: Variables = None
    description: Description = ""

    @classmethod
    def draft_of(cls, request: Request, destinations: Destinations) -> WebhookDraft:
        """The webhook that a request asks for."""
        body = request.parse_whole(cls, MAX_BODY_BYTES, context=destinations)
        return WebhookDraft(
            url=body.url,
            topics=body.topics,
            form=NATIVE.name,
            variables=body.variables,
            description=body.description,
        )


class WebhookUpdate(BaseModel):
    """The body that changes a webhook: what is not sent stays as it is."""

    model_config = ConfigDict(defer_build=True, extra="forbid")

    url: Url = _UNSENT
    topics: Topics = _UNSENT
    variables: Variables = None
    description: Description = _UNSENT
    status: WebhookStatus = _UNSENT

    @classmethod
    def of(cls, request: Request, destinations: Destinations) -> "WebhookUpdate":
        """The update that a request asks for."""
        return request.parse_whole(cls, MAX_BODY_BYTES, context=destinations)

    def apply(self, webhook: Webhook) -> Webhook:
        """The webhook with the fields that were sent."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return replace(webhook, **given)
