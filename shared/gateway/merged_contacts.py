"""Retry a request for the survivor of a merged contact.

Source: RFC 9110, "HTTP Semantics", section 8.7, Content-Location.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from shared.domain.accounts import Caller
from shared.domain.errors import ContactNotFound
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response

_PARAMETER = "contact_id"
"""The path parameter of the APIs whose ids of contacts are numbers."""

_ID = re.compile(r"(|contact_)([0-9]{1,18})")

_Answer: TypeAlias = Response | FileResponse


def answer_for_survivor(
    handle: Callable[[Request, Caller], _Answer],
    request: Request,
    caller: Caller,
    survivor_of: Callable[[str, int], int | None],
    missing: ContactNotFound,
) -> _Answer:
    """Retry a request for the survivor of the contact that it did not find.

    The response has `Content-Location`, the path of the survivor.

    Raises:
        ContactNotFound: The path names no merged contact, or the caller does not see its survivor.
            It is the original error, which does not reveal the survivor.

    """
    given = request.path(_PARAMETER)
    named = _ID.fullmatch(given)
    survivor = survivor_of(caller.account_id, int(named[2])) if named else None
    if named is None or survivor is None:
        raise missing
    current = f"{named[1]}{survivor}"
    try:
        answer = handle(request.with_path(_PARAMETER, current), caller)
    except ContactNotFound:
        raise missing from None
    location = request.raw_path.replace(f"/{given}", f"/{current}", 1)
    return replace(answer, headers={**answer.headers, "content-location": location})
