"""Retell.

Source: docs.retellai.com, "Inbound Call Webhook", "Secure the webhook", "Custom Function" and
"Dynamic Variables"; the types of retell-sdk 6.2.13.
"""

from collections.abc import Sequence

from shared.domain.calls import (
    MessageKind,
    PlatformMessage,
    Resolution,
    ToolCall,
    ToolResult,
)
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    caller_number,
    json_document,
    json_response,
    notice,
    object_at,
    present,
    setting,
    text_at,
)
from shared.platforms.languages import supported_language
from shared.platforms.platform import HookRequest, HookResponse, Platform, Setting
from shared.platforms.signature_scheme import Algorithm, HeaderFields, SignatureScheme
from shared.platforms.tools import tool_document
from shared.platforms.values import ValueRules, own_line, platform_values

INBOUND = {"call_inbound": "call_inbound", "chat_inbound": "chat_inbound"}
"""The events that wait for variables, and the member that has what they are about."""

# The first of a language stands for the tags of other countries.
LANGUAGES = (
    "en-US en-GB en-AU en-IN en-NZ es-ES es-419 pt-BR pt-PT fr-FR fr-CA de-DE it-IT nl-NL nl-BE "
    "ja-JP ko-KR zh-CN yue-CN hi-IN ru-RU pl-PL tr-TR vi-VN ro-RO bg-BG ca-ES th-TH da-DK fi-FI "
    "el-GR hu-HU id-ID no-NO sk-SK sv-SE lt-LT lv-LV cs-CZ ms-MY af-ZA ar-SA az-AZ bs-BA cy-GB "
    "fa-IR fil-PH gl-ES he-IL hr-HR hy-AM is-IS kk-KZ kn-IN mk-MK mr-IN ne-NP sl-SI sr-RS sw-KE "
    "ta-IN ur-IN uk-UA"
)

VALUES = ValueRules(
    reserved_names=frozenset(
        {
            *("agent_number", "user_number", "direction", "call_id", "session_type"),
            *("session_duration", "current_agent_state", "previous_agent_state"),
        }
    ),
    reserved_prefixes=("current_time", "current_hour", "current_calendar"),
)


def read(request: HookRequest) -> PlatformMessage:
    """Read an inbound call or chat, a custom function, or a report about a call."""
    document = json_document(request.body)
    event = text_at(document, "event")
    if event is None and "args" in document:
        return _tool_message(document)
    if event is not None and event not in INBOUND:
        return notice(text_at(document, "call", "call_id"))
    kind = INBOUND.get(event or "", "call_inbound")
    return call_message(
        call_id=text_at(document, kind, "call_id") or text_at(document, kind, "chat_id"),
        caller=text_at(document, kind, "from_number"),
        called=text_at(document, kind, "to_number"),
        echo={"kind": kind},
    )


def answer(message: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write variables, metadata and overrides under the name of the event."""
    agent = present(
        {
            "voice_id": own_line(resolution.voice),
            "language": supported_language(resolution.language, LANGUAGES),
        }
    )
    first_message = own_line(resolution.first_message)
    override = present({"agent": agent, "retell_llm": present({"begin_message": first_message})})
    inbound = present(
        {
            "override_agent_id": setting(resolution, "agent_id"),
            "metadata": present({"contact_id": resolution.contact_id, "call": resolution.call}),
            "agent_override": override,
        }
    )
    inbound["dynamic_variables"] = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response({text_at(message.echo, "kind") or "call_inbound": inbound})


def answer_tools(_: PlatformMessage, results: Sequence[ToolResult]) -> HookResponse:
    """Write the result of the custom function. A request has one tool call."""
    return json_response(tool_document(results[0]) if results else {})


def _tool_message(document: JsonObject) -> PlatformMessage:
    number = "to_number" if text_at(document, "call", "direction") == "outbound" else "from_number"
    tool = ToolCall(
        text_at(document, "tool_call_id") or "",
        text_at(document, "name") or "",
        object_at(document, "args"),
    )
    return PlatformMessage(
        MessageKind.TOOLS,
        call_id=text_at(document, "call", "call_id"),
        caller=caller_number(text_at(document, "call", number)),
        tools=(tool,),
    )


PLATFORM = Platform(
    name="retell",
    title="Retell",
    read=read,
    answer=answer,
    answer_tools=answer_tools,
    values=VALUES,
    signature=SignatureScheme(
        algorithm=Algorithm.HMAC_SHA256,
        headers=("x-retell-signature",),
        fields=HeaderFields(separator=",", signature="d", timestamp="v"),
        signed_text="{body}{timestamp}",
        timestamp_units=1000,
    ),
    settings=(Setting("agent_id", "The Retell agent that answers, instead of the number's own."),),
    budget_ms=10_000,
)
