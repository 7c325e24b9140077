"""Responses to voice platforms, in shapes that are theirs."""

from typing import Any

from shared.domain.hooks import HookReply
from shared.gateway.response import PRIVATE_HEADERS


def to_event(reply: HookReply) -> dict[str, Any]:
    """Build the response in payload format 2.0."""
    return {
        "statusCode": reply.status,
        "headers": {"content-type": reply.content_type, **PRIVATE_HEADERS},
        "body": reply.body.decode(),
        "isBase64Encoded": False,
    }
