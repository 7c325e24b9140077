"""A flat form for platforms that fetch any URL: a phone number in, variables out, by GET or POST.

Every member can be addressed by a JSONPath such as `$.variables.plan`, and none is null.
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    form_document,
    json_document,
    json_response,
    present,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse
from shared.platforms.values import ValueRules, own_line, platform_values

CALLER = ("phone", "from", "From", "caller")
CALLED = ("to", "To", "called")
CALL = ("call_id", "CallSid", "call_sid")
"""The names of members, in the order in which they are looked for."""


def read(request: HookRequest) -> PlatformMessage:
    """Read a query, a form or a JSON object."""
    is_json = request.body.lstrip()[:1] == b"{"
    document = {**request.query, **(json_document(request.body) if is_json else {})}
    if not is_json:
        document |= form_document(request)
    return call_message(
        call_id=_first(document, CALL),
        caller=_first(document, CALLER),
        called=_first(document, CALLED),
    )


def flat_response(rules: ValueRules, resolution: Resolution) -> HookResponse:
    """Return a response with the variables, whether they are complete, and what is said first."""
    document = present(
        {
            "call": resolution.call,
            "contact_id": resolution.contact_id,
            "first_message": own_line(resolution.first_message),
            "voice": own_line(resolution.voice),
            "language": own_line(resolution.language),
        }
    )
    values = platform_values(rules, resolution.variables, resolution.call)
    return json_response({"complete": resolution.complete, "variables": values, **document})


def _first(document: JsonObject, names: tuple[str, ...]) -> str | None:
    found = (text_at(document, name) for name in names)
    return next((each for each in found if each), None)
