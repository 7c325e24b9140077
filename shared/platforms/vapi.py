"""Vapi.

Source: docs.vapi.ai, "Server events", "Server authentication", "Custom tools" and "Variables";
the types of vapi_server_sdk 3.0.0.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.domain.calls import MessageKind, PlatformMessage, Resolution, ToolCall, ToolResult
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    json_document,
    json_response,
    list_at,
    notice,
    object_at,
    parse_object,
    present,
    setting,
    text_at,
)
from shared.platforms.platform import HookRequest, HookResponse, Platform, Setting
from shared.platforms.signature_scheme import Algorithm, SignatureScheme
from shared.platforms.tools import MAX_TOOL_CALLS, tool_text
from shared.platforms.values import ValueRules, ValueTypes, own_line, platform_values

AGENTS = {
    "assistant_id": ("assistantId", "assistantOverrides"),
    "squad_id": ("squadId", "squadOverrides"),
    "workflow_id": ("workflowId", "workflowOverrides"),
}
"""What can take a call, by the setting that names it. A response names exactly one of them."""

VALUES = ValueRules(
    types=ValueTypes.JSON,
    nulls=True,
    reserved_names=frozenset(
        {
            *("now", "date", "time", "month", "day", "year"),
            *("customer", "phoneNumber", "call", "transport"),
        }
    ),
)


def read(request: HookRequest) -> PlatformMessage:
    """Read any message of a server URL."""
    document = json_document(request.body)
    message = object_at(document, "message") or document
    call_id = text_at(message, "call", "id")
    kind = text_at(message, "type")
    if kind not in (None, "assistant-request", "tool-calls"):
        return notice(call_id)
    read_call = call_message(
        call_id=call_id,
        caller=_caller(message),
        called=text_at(message, "phoneNumber", "number"),
    )
    if kind != "tool-calls":
        return read_call
    return PlatformMessage(
        MessageKind.TOOLS,
        call_id=call_id,
        caller=read_call.caller,
        called=read_call.called,
        assurance=read_call.assurance,
        tools=tuple(_tools(message)),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Name what takes the call, with its variables as overrides."""
    given = [name for name in AGENTS if setting(resolution, name)]
    chosen = given[0] if given else "assistant_id"
    id_member, overrides_member = AGENTS[chosen]
    overrides = present(
        {
            "firstMessage": own_line(resolution.first_message),
            "voice": _with_provider(resolution, "voice", "voiceId", resolution.voice),
            "transcriber": _with_provider(
                resolution, "transcriber", "language", resolution.language
            ),
        }
    )
    overrides["variableValues"] = platform_values(VALUES, resolution.variables, resolution.call)
    named = present({id_member: setting(resolution, chosen)})
    return json_response({**named, overrides_member: overrides})


def answer_tools(_: PlatformMessage, results: Sequence[ToolResult]) -> HookResponse:
    """Write one result for each call, as one line of text."""
    return json_response({"results": [_result(each) for each in results]})


def _caller(message: JsonObject) -> str | None:
    for path in (("customer",), ("call", "customer")):
        found = text_at(message, *path, "number") or text_at(message, *path, "sipUri")
        if found:
            return found
    return text_at(message, "call", "from", "phoneNumber")


def _tools(message: JsonObject) -> Iterator[ToolCall]:
    for call in list_at(message, "toolCallList")[:MAX_TOOL_CALLS]:
        function = object_at(call, "function") or call
        name = text_at(function, "name")
        if name:
            yield ToolCall(text_at(call, "id") or "", name, _arguments(function))


def _arguments(function: Any) -> JsonObject:
    for member in ("arguments", "parameters"):
        if isinstance(text := function.get(member), str):
            return parse_object(text)
        if found := object_at(function, member):
            return found
    return {}


def _result(result: ToolResult) -> JsonObject:
    outcome = "result" if result.error is None else "error"
    return {
        "name": result.call.name,
        "toolCallId": result.call.id,
        outcome: tool_text(result),
    }


def _with_provider(
    resolution: Resolution, kind: str, member: str, value: str | None
) -> JsonObject | None:
    # Vapi takes neither a voice nor a language without its provider.
    provider, chosen = setting(resolution, f"{kind}_provider"), own_line(value)
    return {"provider": provider, member: chosen} if provider and chosen else None


PLATFORM = Platform(
    name="vapi",
    title="Vapi",
    read=read,
    answer=answer,
    answer_tools=answer_tools,
    values=VALUES,
    signature=SignatureScheme(algorithm=Algorithm.SECRET, headers=("x-vapi-secret",)),
    signature_settings=frozenset(
        {
            *("algorithm", "header", "prefix", "encoding", "key_encoding", "signed_text"),
            *("timestamp_header", "timestamp_units", "id_header", "tolerance_seconds"),
        }
    ),
    settings=(
        Setting("assistant_id", "The assistant that takes the call.", choice="agent"),
        Setting("squad_id", "The squad that takes the call.", choice="agent"),
        Setting("workflow_id", "The workflow that takes the call.", choice="agent"),
        Setting("voice_provider", "The provider of the agent's voice, such as `11labs`."),
        Setting("transcriber_provider", "The provider of transcription, for a language."),
    ),
    budget_ms=7500,
)
