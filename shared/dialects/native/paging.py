"""How lists of the service's own API are paged: by `limit` and an opaque `cursor`."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from shared.domain.errors import Fault, InvalidRequest
from shared.gateway.request import Request
from shared.gateway.response import Response

DEFAULT_LIMIT = 50
MAX_LIMIT = 100

_LIMIT = re.compile(r"[1-9][0-9]{0,2}")

_MARK = "1:"
"""The version of the form of cursors, so that one of another form is told from a place."""

_MAX_CURSOR_CHARS = 300


def limit_of(request: Request) -> int:
    """How many things to list; raises InvalidRequest when it is no number from 1 to 100."""
    given = request.query("limit")
    if given is None:
        return DEFAULT_LIMIT
    if not _LIMIT.fullmatch(given) or int(given) > MAX_LIMIT:
        raise _invalid("limit", f"it must be a number from 1 to {MAX_LIMIT}")
    return int(given)


def place_of(request: Request) -> str | None:
    """The place that a list goes on from, None for its start; raises InvalidRequest."""
    cursor = request.query("cursor")
    if cursor is None:
        return None
    place = _decoded(cursor)
    if not place:
        raise _invalid("cursor", "it must be the next_cursor of an answer")
    return place


def page(data: Sequence[Any], following: str | None) -> Response:
    """The answer to a request for a list."""
    cursor = None if following is None else _encoded(following)
    return Response(200, {"data": list(data), "next_cursor": cursor})


def _encoded(place: str) -> str:
    return base64.urlsafe_b64encode((_MARK + place).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str | None:
    if len(cursor) > _MAX_CURSOR_CHARS:
        return None
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text.removeprefix(_MARK) if text.startswith(_MARK) else None


def _invalid(parameter: str, reason: str) -> InvalidRequest:
    return InvalidRequest.of([Fault("invalid_value", reason, parameter=parameter)])
