"""Amazon Connect gets a flat map of texts within 32 KB."""

from shared.domain.calls import MessageKind, PlatformMessage
from shared.platforms.amazon_connect import PLATFORM, answer_event, read_event
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

EVENT = {
    "Name": "ContactFlowEvent",
    "Details": {
        "ContactData": {
            "Attributes": {},
            "Channel": "VOICE",
            "ContactId": "c-1",
            "InitialContactId": "c-1",
            "PreviousContactId": "c-1",
            "CustomerEndpoint": {"Address": "+12137771234", "Type": "TELEPHONE_NUMBER"},
            "SystemEndpoint": {"Address": "+12137771235", "Type": "TELEPHONE_NUMBER"},
            "InitiationMethod": "INBOUND",
            "InstanceARN": "arn:aws:connect:eu-west-1:1:instance/i",
            "Queue": None,
            "MediaStreams": {},
        },
        "Parameters": {"agent": "reception"},
    },
}


def test_the_event_of_a_flow_is_read():
    message = PlatformMessage(
        MessageKind.RESOLVE, call_id="c-1", caller="+12137771234", called="+12137771235"
    )

    assert read_event(EVENT) == message
    assert PLATFORM.read(hook_request(EVENT)) == message


def test_the_endpoint_of_a_chat_is_null():
    data = {**EVENT["Details"]["ContactData"], "CustomerEndpoint": None, "Channel": "CHAT"}

    assert read_event({"Details": {"ContactData": data}}).caller is None


def test_the_answer_is_a_flat_map_of_texts():
    answer = answer_event(read_event(EVENT), resolution(MIXED, call=None))

    assert answer == {**MIXED_AS_TEXT, "complete": "true"}


def test_an_answer_is_within_32_kb():
    given = {f"v{number}": "é" * 2000 for number in range(200)}
    response = PLATFORM.answer(read_event(EVENT), resolution(given))

    assert len(response.body) <= 32_000 + 200 * len('"v100":"",')
    assert len(response.body) <= 32 * 1024
    assert {*given} <= {*document(response)}


def test_an_unknown_caller_gets_every_variable_as_text():
    assert answer_event(read_event({}), unavailable("plan")) == {"plan": "", "complete": "false"}


def test_the_name_that_says_whether_it_is_complete_cannot_be_declared():
    assert PLATFORM.values.name_fault("complete")
    assert answer_event(read_event(EVENT), resolution({"complete": "x"}))["complete"] == "true"
