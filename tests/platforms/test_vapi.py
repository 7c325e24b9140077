"""Vapi gets an agent to start, one URL takes every message, and tools are read in all spellings."""

import pytest

from shared.domain.calls import MessageKind, PlatformMessage, ToolCall, ToolResult
from shared.platforms.vapi import PLATFORM
from tests.platforms.cases import MIXED, document, hook_request, resolution, unavailable

REQUEST = {
    "message": {
        "type": "assistant-request",
        "timestamp": 1780012672105,
        "phoneNumber": {"id": "pn_1", "number": "+12137771235"},
        "customer": {"number": "+12137771234"},
        "call": {"id": "call_1", "type": "inboundPhoneCall"},
        "artifact": {},
    }
}
ASSISTANT = {"assistant_id": "asst_1"}


def answered(*given, **members) -> dict:
    settings = members.pop("settings", ASSISTANT)
    message = PLATFORM.read(hook_request(REQUEST))
    return document(PLATFORM.answer(message, resolution(*given, settings=settings, **members)))


def tools_of(*calls) -> PlatformMessage:
    call = {"id": "call_1"}
    customer = {"number": "+12137771234"}
    message = {"type": "tool-calls", "toolCallList": calls, "call": call, "customer": customer}
    return PLATFORM.read(hook_request({"message": message}))


def test_an_assistant_request_is_read():
    assert PLATFORM.read(hook_request(REQUEST)) == PlatformMessage(
        MessageKind.RESOLVE, call_id="call_1", caller="+12137771234", called="+12137771235"
    )


@pytest.mark.parametrize(
    "sent",
    [
        {"message": {"customer": {"number": "+12137771234"}}},
        {"message": {"call": {"customer": {"number": "+12137771234"}}}},
        {"call": {"from": {"phoneNumber": "+12137771234"}}},
        {"message": {"customer": {"sipUri": "sip:+12137771234@x.example.com"}}},
    ],
)
def test_the_caller_is_found_where_the_docs_show_it(sent: dict):
    message = PLATFORM.read(hook_request(sent))

    assert (message.kind, message.caller) == (MessageKind.RESOLVE, "+12137771234")


@pytest.mark.parametrize(
    "kind", ["status-update", "end-of-call-report", "hang", "transcript", "speech-update", "new"]
)
def test_other_kinds_are_notices(kind: str):
    message = PLATFORM.read(hook_request({"message": {"type": kind, "call": {"id": "call_1"}}}))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "call_1")


def test_the_answer_names_the_agent_and_its_variables():
    assert answered({"customer_name": "Ada", "balance": 12.5}, call=None) == {
        "assistantId": "asst_1",
        "assistantOverrides": {"variableValues": {"customer_name": "Ada", "balance": 12.5}},
    }


@pytest.mark.parametrize(
    ("settings", "members"),
    [
        ({"squad_id": "s"}, {"squadId", "squadOverrides"}),
        ({"workflow_id": "w"}, {"workflowId", "workflowOverrides"}),
        ({"assistant_id": "a", "squad_id": "s"}, {"assistantId", "assistantOverrides"}),
    ],
)
def test_exactly_one_agent_is_named(settings: dict, members: set[str]):
    assert {*answered(settings=settings)} == members


def test_values_keep_their_types():
    assert answered(MIXED, call=None)["assistantOverrides"]["variableValues"] == MIXED


def test_first_message_voice_and_language_override():
    settings = {**ASSISTANT, "voice_provider": "11labs", "transcriber_provider": "deepgram"}
    members = {"first_message": "Hello {{customer_name}}", "voice": "v1", "language": "es"}
    overrides = answered(settings=settings, **members)["assistantOverrides"]

    assert overrides["firstMessage"] == "Hello {{customer_name}}"
    assert overrides["voice"] == {"provider": "11labs", "voiceId": "v1"}
    assert overrides["transcriber"] == {"provider": "deepgram", "language": "es"}


def test_a_voice_without_its_provider_is_not_sent():
    assert [*answered(voice="v1", language="es")["assistantOverrides"]] == ["variableValues"]


def test_an_unknown_caller_gets_every_variable():
    message = PLATFORM.read(hook_request(b"{"))

    values = document(PLATFORM.answer(message, unavailable("plan")))["assistantOverrides"]
    assert values == {"variableValues": {"plan": None}}


@pytest.mark.parametrize("name", ["now", "customer", "call"])
def test_a_name_of_vapi_cannot_be_declared(name: str):
    assert PLATFORM.values.name_fault(name)


class TestTools:
    """Tool calls during the call."""

    @pytest.mark.parametrize(
        "call",
        [
            {"id": "tc_1", "name": "save_contact", "arguments": {"plan": "pro"}},
            {"id": "tc_1", "name": "save_contact", "parameters": {"plan": "pro"}},
            {
                "id": "tc_1",
                "type": "function",
                "function": {"name": "save_contact", "arguments": '{"plan":"pro"}'},
            },
            {
                "id": "tc_1",
                "type": "function",
                "function": {"name": "save_contact", "arguments": {"plan": "pro"}},
            },
        ],
    )
    def test_every_spelling_is_read(self, call: dict):
        message = tools_of(call)

        assert (message.kind, message.call_id) == (MessageKind.TOOLS, "call_1")
        assert message.caller == "+12137771234"
        assert message.tools == (ToolCall("tc_1", "save_contact", {"plan": "pro"}),)

    @pytest.mark.parametrize("arguments", ["", "{", "[]", "null", None, [], 3])
    def test_arguments_that_are_none_are_empty(self, arguments):
        (tool,) = tools_of({"id": "1", "name": "a", "arguments": arguments}).tools

        assert tool.arguments == {}

    def test_a_call_without_a_name_costs_no_other(self):
        message = tools_of({"id": "1"}, None, "x", {"id": "2", "name": "a"})

        assert [tool.id for tool in message.tools] == ["2"]

    def test_no_more_calls_are_read_than_the_limit(self):
        assert len(tools_of(*({"id": "1", "name": "a"} for _ in range(1000))).tools) == 32

    def test_each_call_gets_its_result_as_one_line(self):
        message = tools_of(
            {"id": "1", "name": "a"}, {"id": "2", "name": "b"}, {"id": "3", "name": "c"}
        )
        one, two, three = message.tools
        results = [
            ToolResult(one, "Saved:\nplan is pro."),
            ToolResult(two, error="No such variable."),
            ToolResult(three, {"plan": "pro", "visits": 2}),
        ]

        assert document(PLATFORM.answer_tools(message, results)) == {
            "results": [
                {"name": "a", "toolCallId": "1", "result": "Saved: plan is pro."},
                {"name": "b", "toolCallId": "2", "error": "No such variable."},
                {"name": "c", "toolCallId": "3", "result": '{"plan": "pro", "visits": 2}'},
            ]
        }

    def test_a_message_without_calls_gets_no_results(self):
        assert document(PLATFORM.answer_tools(tools_of(), [])) == {"results": []}
