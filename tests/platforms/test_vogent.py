"""Vogent gets its variables as the input of the agent."""

from shared.domain.calls import MessageKind, PlatformMessage
from shared.platforms.vogent import PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

INBOUND = {
    "event": "dial.inbound",
    "payload": {
        "dial_session_id": "s1",
        "dial_id": "d1",
        "dest_number_id": "n1",
        "call_agent_id": "a1",
        "source_number": "+12137771234",
    },
}


def test_an_inbound_dial_is_read():
    assert PLATFORM.read(hook_request(INBOUND)) == PlatformMessage(
        MessageKind.RESOLVE, call_id="d1", caller="+12137771234"
    )


def test_another_event_is_a_notice():
    message = PLATFORM.read(hook_request({"event": "dial.updated", "payload": {"dial_id": "d1"}}))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "d1")


def test_every_value_is_a_text():
    message = PLATFORM.read(hook_request(INBOUND))
    answer = document(PLATFORM.answer(message, resolution(MIXED, call=None)))

    assert answer == {"call_agent_input": MIXED_AS_TEXT}


def test_an_unknown_caller_gets_every_variable():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable("plan")))

    assert answer == {"call_agent_input": {"plan": ""}}
