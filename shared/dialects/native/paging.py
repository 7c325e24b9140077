"""Page the lists of the native API by `limit` and an opaque `cursor`."""

import base64
import binascii
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from shared.domain.errors import Fault, InvalidRequest
from shared.gateway.request import Request
from shared.gateway.response import Response

DEFAULT_LIMIT = 50
MAX_LIMIT = 100

_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_ANY_POSITION = re.compile(".+", re.DOTALL)

_VERSION = "2:"
"""The prefix of every encoded position. Distinguishes cursors from other base64 text."""

_WITHOUT_LIST = "1:"
"""The prefix of positions of earlier versions, which do not name their list."""

_MAX_CURSOR_CHARS = 720
"""A position can have the id of a conversation, which has up to 500 bytes."""


class Listed(StrEnum):
    """What a list has. A cursor of one list is none of another."""

    ACTIVITY = "activity"
    AGENTS = "agents"
    CONTACTS = "contacts"
    CONVERSATIONS = "conversations"
    DEFINITIONS = "definitions"
    DELIVERIES = "deliveries"
    HOOKS = "hooks"
    IMPORTS = "imports"
    KEYS = "keys"
    REDELIVERIES = "redeliveries"
    SUGGESTIONS = "suggestions"
    TAGS = "tags"
    WEBHOOKS = "webhooks"


def page_parameters(
    request: Request,
    listed: Listed,
    faults: Sequence[Fault] = (),
    pattern: re.Pattern[str] = _ANY_POSITION,
) -> tuple[str | None, int]:
    """Parse `cursor` and `limit` of a query.

    Args:
        request: The request for a list.
        listed: What the list has.
        faults: Faults of other parameters. They are raised together with those found here.
        pattern: What a position of this list looks like.

    Returns:
        The position after which the page starts, None for the first page; and the page size.

    Raises:
        InvalidRequest: The query is not valid. Has all faults.

    """
    found = list(faults)
    position, limit = _position(request, listed, pattern, found), _limit(request, found)
    if found:
        raise InvalidRequest.from_faults(found)
    return position, limit


def page(data: Sequence[Any], following: str | None, listed: Listed) -> Response:
    """Build the response to a request for a list.

    Args:
        data: The JSON documents of the page.
        following: The position of the next page, None on the last page.
        listed: What the list has.

    """
    cursor = None if following is None else encode_cursor(following, listed)
    return Response(200, {"data": list(data), "next_cursor": cursor})


def _position(
    request: Request, listed: Listed, pattern: re.Pattern[str], faults: list[Fault]
) -> str | None:
    cursor = request.query("cursor")
    if cursor is None:
        return None
    position = decode_cursor(cursor, listed)
    if position is None or not pattern.fullmatch(position):
        reason = "it must be the next_cursor of an answer"
        faults.append(Fault("invalid_value", reason, parameter="cursor"))
    return position


def _limit(request: Request, faults: list[Fault]) -> int:
    given = request.query("limit")
    if given is None:
        return DEFAULT_LIMIT
    if _LIMIT.fullmatch(given) and int(given) <= MAX_LIMIT:
        return int(given)
    reason = f"it must be a number from 1 to {MAX_LIMIT}"
    faults.append(Fault("invalid_value", reason, parameter="limit"))
    return DEFAULT_LIMIT


def encode_cursor(position: str, listed: Listed) -> str:
    """Encode a position in a list as an opaque cursor."""
    text = f"{_VERSION}{listed}:{position}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, listed: Listed) -> str | None:
    """Decode a cursor to its position. None if it is not a cursor of this list."""
    if len(cursor) > _MAX_CURSOR_CHARS:
        return None
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    for prefix in (f"{_VERSION}{listed}:", _WITHOUT_LIST):
        if text.startswith(prefix):
            return text.removeprefix(prefix)
    return None
