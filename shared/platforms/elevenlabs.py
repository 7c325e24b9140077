"""ElevenLabs Agents.

Source: elevenlabs.io/docs, "Twilio personalization" and "Dynamic variables"; the types of
elevenlabs 2.78.0.
"""

from collections.abc import Sequence

from shared.domain.calls import MessageKind, PlatformMessage, Resolution, ToolCall, ToolResult
from shared.domain.json_values import JsonObject
from shared.platforms.documents import (
    call_message,
    caller_number,
    json_document,
    json_response,
    notice,
    present,
    text_at,
)
from shared.platforms.languages import supported_language
from shared.platforms.platform import HookRequest, HookResponse, Platform
from shared.platforms.signature_scheme import BEARER
from shared.platforms.tools import tool_document
from shared.platforms.values import ValueRules, ValueTypes, own_line, platform_values

VALUES = ValueRules(
    types=ValueTypes.SCALARS, nulls=True, reserved_prefixes=("system__", "secret__")
)
# The agent fails without its `type`, and so it does for a language that it does not know.
TYPE = "conversation_initiation_client_data"
LANGUAGES = (
    "en es pt-br pt fr de it nl pl ja ko zh hi ru tr sv uk ar bg cs da el fi hr hu id ms no ro sk "
    "ta vi fil"
)
CALL_MEMBERS = frozenset(
    {"tool", "call_sid", "conversation_id", "caller_id", "called_number", "agent_id"}
)
"""The members of a tool's body that are about the call. All others are arguments."""


def read(request: HookRequest) -> PlatformMessage:
    """Read the start of a conversation, a tool call, or a report about a conversation."""
    document = json_document(request.body)
    tool = text_at(request.query, "tool") or text_at(document, "tool")
    if tool:
        return _tool_message(tool, document)
    if "type" in document:
        return notice(text_at(document, "data", "conversation_id"))
    return call_message(
        call_id=_call_id(document),
        caller=text_at(document, "caller_id"),
        called=text_at(document, "called_number"),
    )


def answer(_: PlatformMessage, resolution: Resolution) -> HookResponse:
    """Write every declared variable, and overrides only if the agent asks for them."""
    agent = {
        "first_message": own_line(resolution.first_message),
        "language": supported_language(resolution.language, LANGUAGES),
    }
    override = {
        "agent": present(agent),
        "tts": present({"voice_id": own_line(resolution.voice)}),
    }
    document = present(
        {
            "type": TYPE,
            "conversation_config_override": present(override),
            "user_id": resolution.contact_id,
        }
    )
    document["dynamic_variables"] = platform_values(VALUES, resolution.variables, resolution.call)
    return json_response(document)


def answer_tools(_: PlatformMessage, results: Sequence[ToolResult]) -> HookResponse:
    """Write the result at paths that an assignment of a dynamic variable can name."""
    return json_response(tool_document(results[0]) if results else {})


def _call_id(document: JsonObject) -> str | None:
    return text_at(document, "call_sid") or text_at(document, "conversation_id")


def _tool_message(tool: str, document: JsonObject) -> PlatformMessage:
    arguments = {name: each for name, each in document.items() if name not in CALL_MEMBERS}
    return PlatformMessage(
        MessageKind.TOOLS,
        call_id=_call_id(document),
        caller=caller_number(text_at(document, "caller_id")),
        called=text_at(document, "called_number"),
        tools=(ToolCall("", tool, arguments),),
    )


PLATFORM = Platform(
    name="elevenlabs",
    title="ElevenLabs",
    read=read,
    answer=answer,
    answer_tools=answer_tools,
    values=VALUES,
    signature=BEARER,
    signature_settings=frozenset({"header", "prefix"}),
    budget_ms=None,
)
