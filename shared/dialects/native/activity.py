"""Parse requests for the activity of a contact, and build the responses."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page, page_parameters
from shared.domain.changes import ActivityEntry, ActivityFilter, Content, LargeValue, WithheldValue
from shared.domain.definitions import VariableType
from shared.domain.errors import Fault
from shared.gateway.request import Request
from shared.gateway.response import Response
from shared.validation.value_forms import json_form

NEWEST = 10**20
"""An upper bound of all sequence numbers, where a list starts."""

_SEQUENCE = re.compile(r"0|[1-9][0-9]{0,17}")
_POSITION = re.compile(r"[1-9][0-9]{0,17}")
_RULE = "it must be an instant as RFC 3339 writes it, such as 2026-11-22T05:00:00Z"


def activity_query(request: Request) -> tuple[ActivityFilter, int, int]:
    """Parse the query of a list of changes.

    Returns:
        The filter, the sequence number below which the page starts, and the size of the page.

    Raises:
        InvalidRequest: The query is not valid. Has all faults.

    """
    faults: list[Fault] = []
    activity_filter = ActivityFilter(
        after=_sequence(request.query("after"), faults),
        variable=request.query("variable"),
        channel=request.query("source"),
        since=_instant(request, "since", faults),
        until=_instant(request, "until", faults),
    )
    position, limit = page_parameters(request, Listed.ACTIVITY, faults, _POSITION)
    return activity_filter, int(position or NEWEST), limit


def activity_list(entries: Sequence[ActivityEntry], before: int | None) -> Response:
    """Build the response to a request for the activity of a contact."""
    following = None if before is None else str(before)
    return page([_entry(entry) for entry in entries], following, Listed.ACTIVITY)


def _sequence(given: str | None, faults: list[Fault]) -> int:
    if given is None:
        return 0
    if _SEQUENCE.fullmatch(given):
        return int(given)
    faults.append(Fault("invalid_value", "it must be a sequence, such as 7", parameter="after"))
    return 0


def _instant(request: Request, name: str, faults: list[Fault]) -> datetime | None:
    given = request.query(name)
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        faults.append(Fault("invalid_value", _RULE, parameter=name))
        return None
    return at


def _entry(entry: ActivityEntry) -> dict[str, Any]:
    change, by = entry.change, entry.by
    return {
        "sequence": entry.sequence,
        "variable": change.variable,
        "type": change.variable_type,
        "old": _content(change.variable_type, change.old),
        "new": _content(change.variable_type, change.new),
        "at": format_instant(by.at),
        "source": by.channel or None,
        "key_id": by.key_id or None,
        "request_id": by.request_id or None,
        "origin_id": by.origin_id,
    }


def _content(variable_type: VariableType, content: Content | None) -> Any:
    if isinstance(content, WithheldValue):
        return {"withheld": content.reason}
    if isinstance(content, LargeValue):
        return {"bytes": content.size, "sha256": content.sha256}
    return None if content is None else json_form(variable_type, content)
