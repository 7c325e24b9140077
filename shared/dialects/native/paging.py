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
_ANY_PLACE = re.compile(".+", re.DOTALL)

_MARK = "1:"
"""The version of the form of cursors, so that one of another form is told from a place."""

_MAX_CURSOR_CHARS = 300


def window_of(
    request: Request, faults: Sequence[Fault] = (), form: re.Pattern[str] = _ANY_PLACE
) -> tuple[str | None, int]:
    """The place that a list goes on from, None for its start, and how many things to list.

    Raises InvalidRequest with all that is wrong with them, and the faults that were found before.
    """
    found = list(faults)
    place, limit = _place(request, form, found), _limit(request, found)
    if found:
        raise InvalidRequest.from_faults(found)
    return place, limit


def page(data: Sequence[Any], following: str | None) -> Response:
    """The answer to a request for a list."""
    cursor = None if following is None else cursor_of(following)
    return Response(200, {"data": list(data), "next_cursor": cursor})


def _place(request: Request, form: re.Pattern[str], faults: list[Fault]) -> str | None:
    cursor = request.query("cursor")
    if cursor is None:
        return None
    place = place_of(cursor)
    if place is None or not form.fullmatch(place):
        reason = "it must be the next_cursor of an answer"
        faults.append(Fault("invalid_value", reason, parameter="cursor"))
    return place


def _limit(request: Request, faults: list[Fault]) -> int:
    given = request.query("limit")
    if given is None:
        return DEFAULT_LIMIT
    if _LIMIT.fullmatch(given) and int(given) <= MAX_LIMIT:
        return int(given)
    reason = f"it must be a number from 1 to {MAX_LIMIT}"
    faults.append(Fault("invalid_value", reason, parameter="limit"))
    return DEFAULT_LIMIT


def cursor_of(place: str) -> str:
    """The cursor of a place, which `place_of` reads."""
    return base64.urlsafe_b64encode((_MARK + place).encode()).decode().rstrip("=")


def place_of(cursor: str) -> str | None:
    """The place that a cursor stands for, None of what is no cursor."""
    if len(cursor) > _MAX_CURSOR_CHARS:
        return None
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return text.removeprefix(_MARK) if text.startswith(_MARK) else None
