"""Synthflow hangs up on an empty object, so its answer never is one."""

from shared.domain.calls import MessageKind, PlatformMessage
from shared.platforms.synthflow import PLATFORM
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
    "call_inbound": {
        "model_id": "agent_1",
        "from_number": "+12137771234",
        "to_number": "+12137771235",
    },
}


def test_an_inbound_call_is_read():
    assert PLATFORM.read(hook_request(INBOUND)) == PlatformMessage(
        MessageKind.RESOLVE, caller="+12137771234", called="+12137771235"
    )


def test_the_id_of_the_call_is_read_where_there_is_one():
    call = {**INBOUND["call_inbound"], "call_id": "call-123"}

    assert PLATFORM.read(hook_request({**INBOUND, "call_inbound": call})).call_id == "call-123"


def test_a_report_is_a_notice():
    message = PLATFORM.read(hook_request({"event": "call_ended", "call": {"call_id": "c"}}))

    assert (message.kind, message.call_id) == (MessageKind.NOTICE, "c")


def test_every_value_is_a_text():
    message = PLATFORM.read(hook_request(INBOUND))
    answer = document(PLATFORM.answer(message, resolution(MIXED, call=None)))

    assert answer == {"call_inbound": {"override_model_id": "", "custom_variables": MIXED_AS_TEXT}}


def test_another_agent_can_answer():
    answer = document(
        PLATFORM.answer(
            PLATFORM.read(hook_request(INBOUND)), resolution(settings={"model_id": "m"})
        )
    )

    assert answer["call_inbound"]["override_model_id"] == "m"


def test_the_answer_is_never_empty():
    for sent in (b"", b"{}", b"null"):
        message = PLATFORM.read(hook_request(sent))
        answer = document(PLATFORM.answer(message, unavailable()))
        assert answer == {"call_inbound": {"override_model_id": "", "custom_variables": {}}}
