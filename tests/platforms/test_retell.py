"""Retell gets text variables under the name of its event, and calls functions."""

import pytest

from shared.domain.calls import MessageKind, PlatformMessage, ToolCall, ToolResult
from shared.domain.disclosure import Assurance
from shared.platforms.retell import LANGUAGES, PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

INBOUND = {
    "event": "call_inbound",
    "event_timestamp": 1780012672105,
    "call_inbound": {
        "call_id": "call_9",
        "agent_id": "agent_1",
        "agent_version": 3,
        "from_number": "+12137771234",
        "to_number": "+12137771235",
    },
}
FUNCTION = {
    "name": "save_contact",
    "call": {
        "call_id": "call_9",
        "direction": "inbound",
        "from_number": "+12137771234",
        "to_number": "+12137771235",
        "transcript": "…",
    },
    "args": {"plan": "pro", "visits": 2},
}


def answered(message: PlatformMessage, *given, **members) -> dict:
    return document(PLATFORM.answer(message, resolution(*given, **members)))


def test_an_inbound_call_is_read():
    assert PLATFORM.read(hook_request(INBOUND)) == PlatformMessage(
        MessageKind.RESOLVE,
        call_id="call_9",
        caller="+12137771234",
        called="+12137771235",
        assurance=Assurance.NUMBER_MATCH,
        echo={"kind": "call_inbound"},
    )


def test_a_number_without_a_bound_agent_sends_no_id_in_older_versions():
    numbers = {"from_number": "+12137771234", "to_number": "+12137771235"}
    message = PLATFORM.read(hook_request({"event": "call_inbound", "call_inbound": numbers}))

    assert (message.call_id, message.caller) == (None, "+12137771234")


def test_a_chat_is_answered_under_its_own_name():
    sent = {"event": "chat_inbound", "chat_inbound": {"from_number": "+12137771234"}}
    message = PLATFORM.read(hook_request(sent))

    assert message.caller == "+12137771234"
    assert [*answered(message)] == ["chat_inbound"]


@pytest.mark.parametrize("event", ["call_started", "call_ended", "call_analyzed", "new_event"])
def test_a_report_is_a_notice(event: str):
    message = PLATFORM.read(hook_request({"event": event, "call": {"call_id": "call_9"}}))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "call_9")


def test_every_value_is_a_text():
    inbound = answered(PLATFORM.read(hook_request(INBOUND)), MIXED, call=None)["call_inbound"]

    assert inbound["dynamic_variables"] == MIXED_AS_TEXT


def test_the_answer_names_contact_and_call_and_nothing_that_is_not_set():
    inbound = answered(PLATFORM.read(hook_request(INBOUND)))["call_inbound"]

    assert inbound == {
        "dynamic_variables": {"customer_name": "Ada", "plan": "pro", "context_call": "call_1"},
        "metadata": {"contact_id": "41", "call": "call_1"},
    }


def test_agent_first_message_voice_and_language_override():
    members = {
        "first_message": "Hello {{customer_name}}",
        "voice": "11labs-Ada",
        "language": "es-UY",
        "settings": {"agent_id": "agent_2"},
    }
    inbound = answered(PLATFORM.read(hook_request(INBOUND)), **members)["call_inbound"]

    assert inbound["override_agent_id"] == "agent_2"
    assert inbound["agent_override"] == {
        "agent": {"voice_id": "11labs-Ada", "language": "es-ES"},
        "retell_llm": {"begin_message": "Hello {{customer_name}}"},
    }


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en-US"), ("en_gb", "en-GB"), ("pt", "pt-BR"), ("es-419", "es-419"), ("eo", None)],
)
def test_a_language_is_one_that_retell_knows_or_none(tag: str, language: str | None):
    inbound = answered(PLATFORM.read(hook_request(INBOUND)), language=tag)["call_inbound"]

    found = inbound.get("agent_override", {}).get("agent", {}).get("language")
    assert found == language
    assert found is None or found in LANGUAGES.split()


def test_an_unknown_caller_gets_every_variable_as_text():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable("plan")))

    assert answer == {"call_inbound": {"dynamic_variables": {"plan": ""}}}


def test_a_custom_function_is_a_tool_call():
    message = PLATFORM.read(hook_request(FUNCTION))

    assert (message.kind, message.call_id) == (MessageKind.TOOLS, "call_9")
    assert message.caller == "+12137771234"
    assert message.tools == (ToolCall("", "save_contact", {"plan": "pro", "visits": 2}),)


def test_the_contact_of_an_outbound_call_is_the_called_one():
    call = {**FUNCTION["call"], "direction": "outbound"}

    assert PLATFORM.read(hook_request({**FUNCTION, "call": call})).caller == "+12137771235"


def test_the_result_of_a_function_is_at_a_path():
    message = PLATFORM.read(hook_request(FUNCTION))
    (call,) = message.tools

    found = PLATFORM.answer_tools(message, [ToolResult(call, {"plan": "pro"})])
    assert document(found) == {"ok": True, "result": {"plan": "pro"}}
    found = PLATFORM.answer_tools(message, [ToolResult(call, error="No such\nvariable.")])
    assert document(found) == {"ok": False, "error": "No such variable."}
    assert document(PLATFORM.answer_tools(message, [])) == {}


@pytest.mark.parametrize("name", ["user_number", "current_time_Europe/London", "current_hour"])
def test_a_name_of_retell_cannot_be_declared(name: str):
    assert PLATFORM.values.name_fault(name)
