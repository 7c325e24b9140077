"""ElevenLabs gets its type, every declared variable, and no override that nobody asked for."""

import pytest

from shared.domain.calls import MessageKind, PlatformMessage, ToolCall, ToolResult
from shared.platforms.elevenlabs import PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

INITIATION = {
    "caller_id": "+12137771234",
    "agent_id": "agent_1",
    "called_number": "+12137771235",
    "call_sid": "CA1",
}
TOOL_BODY = {
    "plan": "pro",
    "call_sid": "CA1",
    "caller_id": "+12137771234",
    "conversation_id": "c",
}
TYPE = "conversation_initiation_client_data"


def answered(*given, **members) -> dict:
    message = PLATFORM.read(hook_request(INITIATION))
    return document(PLATFORM.answer(message, resolution(*given, **members)))


def test_the_start_of_a_conversation_is_read():
    assert PLATFORM.read(hook_request(INITIATION)) == PlatformMessage(
        MessageKind.RESOLVE, call_id="CA1", caller="+12137771234", called="+12137771235"
    )


def test_a_conversation_without_a_call_has_its_own_id():
    sent = {**INITIATION, "call_sid": None, "conversation_id": "conv_1"}

    assert PLATFORM.read(hook_request(sent)).call_id == "conv_1"


@pytest.mark.parametrize("kind", ["post_call_transcription", "post_call_audio"])
def test_a_report_after_the_call_is_a_notice(kind: str):
    sent = {"type": kind, "data": {"conversation_id": "conv_1"}}
    message = PLATFORM.read(hook_request(sent))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "conv_1")


def test_the_answer_has_its_type_or_the_call_ends_silently():
    assert answered()["type"] == TYPE
    assert (
        document(PLATFORM.answer(PLATFORM.read(hook_request(b"")), unavailable()))["type"] == TYPE
    )


def test_every_declared_variable_is_there_whatever_is_wrong_with_its_value():
    bad = {"a": None, "b": float("nan"), "c": 10**400, "d": "\x00", "e": "x" * 10**6}

    assert [*answered(bad, call=None)["dynamic_variables"]] == [*bad]
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable(*bad)))
    assert answer["dynamic_variables"] == dict.fromkeys(bad)


def test_scalars_keep_their_types_and_structures_become_text():
    values = answered(MIXED, call=None)["dynamic_variables"]

    typed = {name: MIXED[name] for name in ("balance", "orders", "vip", "next_visit")}
    assert values == {**MIXED_AS_TEXT, **typed}


def test_an_override_that_is_not_set_is_not_sent():
    """One that is not enabled on the agent fails the conversation."""
    assert answered() == {
        "type": TYPE,
        "user_id": "41",
        "dynamic_variables": {"customer_name": "Ada", "plan": "pro", "context_call": "call_1"},
    }


def test_first_message_voice_and_language_override():
    answer = answered(first_message="Hello Ada", voice="v1", language="es-UY")

    assert answer["conversation_config_override"] == {
        "agent": {"first_message": "Hello Ada", "language": "es"},
        "tts": {"voice_id": "v1"},
    }


@pytest.mark.parametrize(
    ("tag", "language"), [("pt-BR", "pt-br"), ("pt-PT", "pt-br"), ("zh-CN", "zh"), ("eo", None)]
)
def test_a_language_is_one_that_elevenlabs_knows_or_none(tag: str, language: str | None):
    override = answered(language=tag).get("conversation_config_override", {})

    assert override.get("agent", {}).get("language") == language


@pytest.mark.parametrize("name", ["system__caller_id", "secret__token"])
def test_a_name_of_elevenlabs_cannot_be_declared(name: str):
    assert PLATFORM.values.name_fault(name)
    assert name not in answered({name: "x"})["dynamic_variables"]


class TestTools:
    """The body of a server tool is what its user configures."""

    def test_the_tool_is_named_in_the_url(self):
        message = PLATFORM.read(hook_request(TOOL_BODY, query={"tool": "save_contact"}))

        assert (message.kind, message.call_id) == (MessageKind.TOOLS, "CA1")
        assert message.caller == "+12137771234"
        assert message.tools == (ToolCall("", "save_contact", {"plan": "pro"}),)

    def test_the_tool_is_named_in_the_body(self):
        message = PLATFORM.read(hook_request({**TOOL_BODY, "tool": "save_contact"}))

        assert message.tools == (ToolCall("", "save_contact", {"plan": "pro"}),)

    def test_the_result_is_at_a_path_for_assignments(self):
        message = PLATFORM.read(hook_request(TOOL_BODY, query={"tool": "get"}))
        result = ToolResult(message.tools[0], {"plan": "pro", "visits": 2})

        found = document(PLATFORM.answer_tools(message, [result]))
        assert found == {"ok": True, "result": {"plan": "pro", "visits": 2}}
