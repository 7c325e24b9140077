"""Requests for calls, and the responses to them."""

from typing import Any

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.dialects.native.instants import format_instant
from shared.dialects.native.resolve_responses import contact_document, state_document
from shared.domain.disclosure import Assurance
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.resolutions import ExplainedValue, RaisedAssurance, ResolvedCall
from shared.gateway.request import Request
from shared.gateway.request_model import RequestModel, enum_of, required
from shared.gateway.response import Response
from shared.validation.agents import to_text


def variable_of(request: Request) -> str:
    """Parse `variable` of a query. Raises InvalidRequest without it."""
    variable = request.query("variable")
    if not variable:
        raise InvalidRequest.from_faults(
            [Fault("required", "it is required", parameter="variable")]
        )
    return variable


def call_shown(call: ResolvedCall) -> Response:
    """Build the response to a request for a call."""
    return Response(
        200,
        {
            "id": call.resolution.call,
            "agent": call.agent_id,
            "contact": contact_document(call),
            "assurance": call.assurance,
            "variables": _values(call),
            "states": {
                each.name: state_document(each, call.origins[each.name])
                for each in call.resolution.variables
            },
            "first_message": call.resolution.first_message,
            "has_values": call.has_values,
            "key_id": call.key_id,
            "request_id": call.request_id,
            "as_of": format_instant(call.as_of),
        },
    )


def value_explained(explained: ExplainedValue) -> Response:
    """Build the response to a request for the origin of a value."""
    variable, origin, call = explained.variable, explained.origin, explained.call
    return Response(
        200,
        {
            "call": call.resolution.call,
            "variable": variable.name,
            "from": to_text(origin.origin),
            "value": variable.value if call.has_values else None,
            "state": variable.state,
            "reason": variable.reason,
            "source": origin.source,
            "updated_at": format_instant(origin.updated_at),
            "set_by": explained.key_id,
            "request_id": explained.request_id,
            "answered": {
                "at": format_instant(call.as_of),
                "key_id": call.key_id,
                "request_id": call.request_id,
            },
        },
    )


class AssuranceRaise(RequestModel, closed=True):
    """The body that raises the assurance of a call."""

    assurance: Assurance = required(enum_of(Assurance))

    @classmethod
    def assurance_of(cls, request: Request) -> Assurance:
        """Parse the assurance; raises InvalidRequest with all faults."""
        return request.parse_with_all_faults(cls, MAX_BODY_BYTES).assurance


def assurance_raised(raised: RaisedAssurance) -> Response:
    """Build the response to a request that raises the assurance of a call."""
    released = {each.name: each.value for each in raised.released}
    call = raised.call
    return Response(
        200,
        {"call": call.resolution.call, "assurance": call.assurance, "released": released},
    )


def _values(call: ResolvedCall) -> dict[str, Any]:
    """Return the values by name, null in place of those of which only digests are kept."""
    return {
        each.name: each.value if call.has_values else None for each in call.resolution.variables
    }
