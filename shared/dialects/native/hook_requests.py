"""Bodies of requests about hooks."""

from typing import Any

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.domain.hooks import HookDraft
from shared.gateway.request import Request
from shared.gateway.request_model import (
    ANY,
    BOOLEAN,
    TEXT,
    RequestModel,
    defaulted,
    object_of,
    optional,
    required,
    text,
)

MAX_SECRET_CHARS = 500
"""The longest secret of a platform's signatures."""

_NAME = text(min_length=1, max_length=100)


class HookCreation(RequestModel, closed=True):
    """The body that creates a hook."""

    agent: str = required(_NAME)
    platform: str = required(_NAME)
    secret: str | None = optional(text(min_length=1, max_length=MAX_SECRET_CHARS))
    signature: dict[str, Any] = defaulted(object_of(TEXT, ANY, max_length=20), {})
    rejects_bad_signatures: bool = defaulted(BOOLEAN, False)  # noqa: FBT003 - the default

    @classmethod
    def draft_of(cls, request: Request) -> HookDraft:
        """Parse the hook to create; raises InvalidRequest with all faults."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        return HookDraft(
            agent_id=body.agent,
            platform=body.platform,
            secret=body.secret,
            signature=body.signature,
            rejects_bad_signatures=body.rejects_bad_signatures,
        )
