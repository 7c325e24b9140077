"""Amazon Connect, whose flows invoke a Lambda function.

Source: Amazon Connect Administrator Guide, "Invoke Lambda functions".
"""

from shared.domain.calls import PlatformMessage, Resolution
from shared.domain.json_values import JsonObject, JsonValue
from shared.platforms.documents import call_message, json_document, json_response, text_at
from shared.platforms.platform import HOOK_MEMBER, HookRequest, HookResponse, Platform
from shared.platforms.values import ValueRules, platform_values

VALUES = ValueRules(max_bytes=30_000, reserved_names=frozenset({"complete"}))
"""A response has at most 32 KB."""

CALL = ("Details", "ContactData")


def read_event(event: JsonObject) -> PlatformMessage:
    """Read the event of an invocation."""
    return call_message(
        call_id=text_at(event, *CALL, "ContactId"),
        caller=text_at(event, *CALL, "CustomerEndpoint", "Address"),
        called=text_at(event, *CALL, "SystemEndpoint", "Address"),
    )


def answer_event(_: PlatformMessage, resolution: Resolution) -> JsonObject:
    """Return a flat map of texts, which the flow reads as `$.External.<name>`."""
    values: dict[str, JsonValue] = platform_values(VALUES, resolution.variables, resolution.call)
    return {**values, "complete": "true" if resolution.complete else "false"}


def read(request: HookRequest) -> PlatformMessage:
    """Read an event that was sent as a request."""
    return read_event(json_document(request.body))


def answer(message: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write the flat map as a response."""
    return json_response(answer_event(message, resolution))


PLATFORM = Platform(
    name="amazon_connect",
    title="Amazon Connect",
    read=read,
    answer=answer,
    values=VALUES,
    budget_ms=8000,
    token_places=(("Details", "Parameters", HOOK_MEMBER),),
)
