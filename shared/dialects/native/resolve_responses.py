"""Responses to requests for the variables of callers."""

from collections.abc import Sequence
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.domain.calls import ResolvedVariable, VariableState
from shared.domain.errors import AnswerTooLarge
from shared.domain.resolutions import ResolvedCall, ValueOrigin
from shared.gateway.endpoint import MAX_RESPONSE_BYTES
from shared.gateway.response import Response

_STORED = (VariableState.SET, VariableState.STALE)


def resolution_shown(calls: Sequence[ResolvedCall]) -> Response:
    """Build the response to a request for the variables of one caller.

    Raises:
        AnswerTooLarge: The values are larger than a response can be.
    """
    _check_size(calls)
    return Response(200, resolution_document(calls[0]))


def resolutions_shown(calls: Sequence[ResolvedCall]) -> Response:
    """Build the response to a request for the variables of several callers.

    Raises:
        AnswerTooLarge: The values are larger than a response can be.
    """
    _check_size(calls)
    return Response(200, {"data": [resolution_document(each) for each in calls]})


def _check_size(calls: Sequence[ResolvedCall]) -> None:
    # Before it is written: a large value may be in it under hundreds of names.
    if sum(each.resolution.text_size for each in calls) > MAX_RESPONSE_BYTES:
        raise AnswerTooLarge(MAX_RESPONSE_BYTES)


def resolution_document(call: ResolvedCall) -> dict[str, Any]:
    """Build the JSON document of what an agent gets for a caller."""
    resolution = call.resolution
    document: dict[str, Any] = {
        "contact": contact_document(call),
        "variables": {each.name: each.value for each in resolution.variables},
        "states": {
            each.name: state_document(each, call.origins[each.name])
            for each in resolution.variables
        },
        "ask": questions(resolution.variables),
        "complete": resolution.complete,
        "call": resolution.call,
        "as_of": format_instant(call.as_of),
    }
    if resolution.first_message is not None:
        document["first_message"] = resolution.first_message
    return document


def questions(variables: Sequence[ResolvedVariable]) -> list[dict[str, str]]:
    """Build the JSON document of what an agent asks its caller."""
    return [
        {"variable": each.name, "question": each.question}
        for each in variables
        if each.question is not None
    ]


def contact_document(call: ResolvedCall) -> dict[str, Any]:
    """Build the JSON document of the contact of a caller."""
    found = call.caller
    document: dict[str, Any] = {
        "id": call.resolution.contact_id,
        "known": found.known,
        "language": found.language,
        "time_zone": found.time_zone,
    }
    if found.reason is not None:
        document["reason"] = found.reason
    return document


def state_document(variable: ResolvedVariable, origin: ValueOrigin) -> dict[str, Any]:
    """Build the JSON document of the state of a variable."""
    document: dict[str, Any] = {"state": variable.state}
    if variable.reason is not None:
        document["reason"] = variable.reason
    if variable.when_stale is not None:
        document["when_stale"] = variable.when_stale
    if variable.state in _STORED:
        document["updated_at"] = format_instant(origin.updated_at)
        document["source"] = origin.source
    return document
