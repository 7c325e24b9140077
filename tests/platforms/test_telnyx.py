"""Telnyx gets wrapped text variables, and alone says whether the caller's number is attested."""

import pytest

from shared.domain.calls import MessageKind, PlatformMessage
from shared.domain.disclosure import Assurance
from shared.platforms.telnyx import PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

PAYLOAD = {
    "telnyx_conversation_channel": "phone_call",
    "telnyx_agent_target": "+12137771235",
    "telnyx_end_user_target": "+12137771234",
    "telnyx_end_user_target_verified": False,
    "telnyx_conversation_id": "conv_1",
    "call_control_id": "v3:1",
}


def sent(event: str = "assistant.initialization", **payload) -> PlatformMessage:
    data = {
        "record_type": "event",
        "id": "evt_1",
        "event_type": event,
        "occurred_at": "2026-06-10T21:27:04Z",
        "payload": {**PAYLOAD, **payload},
    }
    return PLATFORM.read(hook_request({"data": data}))


def test_the_initialization_is_read():
    assert sent() == PlatformMessage(
        MessageKind.RESOLVE, call_id="conv_1", caller="+12137771234", called="+12137771235"
    )


def test_a_call_without_a_conversation_has_the_id_of_its_call():
    assert sent(telnyx_conversation_id=None).call_id == "v3:1"


def test_another_event_is_a_notice():
    assert sent("conversation.ended").kind is MessageKind.NOTICE


@pytest.mark.parametrize(
    ("verified", "channel", "assurance"),
    [
        (True, "phone_call", Assurance.ATTESTED),
        (False, "phone_call", Assurance.NUMBER_MATCH),
        ("true", "phone_call", Assurance.NUMBER_MATCH),
        (None, "sms_chat", Assurance.NUMBER_MATCH),
        (False, "web_call", Assurance.NONE),
    ],
)
def test_the_assurance_is_what_telnyx_verified(verified, channel, assurance):
    message = sent(telnyx_end_user_target_verified=verified, telnyx_conversation_channel=channel)

    assert message.assurance is assurance


def test_an_attested_caller_that_is_withheld_has_no_assurance():
    message = sent(telnyx_end_user_target="anonymous", telnyx_end_user_target_verified=True)

    assert (message.caller, message.assurance) == (None, Assurance.NONE)


def test_the_variables_are_wrapped_or_telnyx_ignores_them():
    answer = document(PLATFORM.answer(sent(), resolution(MIXED, call=None, contact_id=None)))

    assert answer == {"dynamic_variables": MIXED_AS_TEXT}


def test_the_answer_names_contact_and_call_in_the_conversation():
    settings = {"conversation_query": "metadata->contact_id=eq.41&limit=5"}
    answer = document(PLATFORM.answer(sent(), resolution(settings=settings)))

    assert answer["conversation"] == {"metadata": {"contact_id": "41", "call": "call_1"}}
    assert answer["memory"] == settings


def test_an_unknown_caller_gets_every_variable_as_text():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"[]")), unavailable("plan")))

    assert answer == {"dynamic_variables": {"plan": ""}}


def test_our_deadline_is_within_the_time_that_telnyx_waits():
    assert PLATFORM.budget_ms is not None
    assert PLATFORM.deadline_ms < PLATFORM.budget_ms


def test_a_name_of_telnyx_cannot_be_declared():
    assert PLATFORM.values.name_fault("telnyx_conversation_id")
