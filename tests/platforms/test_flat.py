"""The flat form is read from a query, a form or JSON, and answered without nulls."""

from urllib.parse import urlencode

import pytest

from shared.domain.calls import MessageKind, PlatformMessage
from shared.platforms.bland import PLATFORM as BLAND
from shared.platforms.flat import PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

CALL = {"phone": "+12137771234", "to": "+12137771235", "call_id": "c1"}
READ = PlatformMessage(
    MessageKind.RESOLVE, call_id="c1", caller="+12137771234", called="+12137771235"
)
PLATFORMS = pytest.mark.parametrize("platform", [PLATFORM, BLAND], ids=lambda each: each.name)


@PLATFORMS
@pytest.mark.parametrize(
    "request_",
    [
        hook_request(method="GET", query=CALL),
        hook_request(CALL),
        hook_request(urlencode(CALL).encode()),
        hook_request({"from": CALL["phone"]}, query={"to": CALL["to"], "call_id": "c1"}),
        hook_request(
            urlencode({"From": CALL["phone"], "To": CALL["to"], "CallSid": "c1"}).encode()
        ),
        hook_request({**CALL, "phone": 12137771234}, query={"phone": "x"}),
    ],
    ids=["query", "JSON", "form", "both", "Twilio Studio", "number"],
)
def test_a_call_is_read(platform, request_):
    message = platform.read(request_)

    assert message.caller in (CALL["phone"], CALL["phone"][1:])
    assert (message.kind, message.call_id, message.called) == (READ.kind, "c1", READ.called)


@PLATFORMS
def test_a_placeholder_that_was_not_filled_in_is_no_caller(platform):
    """Bland sends the URL as it is configured when it does not know a name."""
    message = platform.read(hook_request(method="GET", query={"phone": "{{from}}"}))

    assert message.caller is None


@PLATFORMS
def test_the_answer_has_no_null_and_can_be_addressed_by_path(platform):
    answer = document(platform.answer(READ, resolution(MIXED, call=None)))

    assert answer == {"complete": True, "contact_id": "41", "variables": MIXED_AS_TEXT}


@PLATFORMS
def test_what_is_said_first_is_in_the_answer(platform):
    members = {"first_message": "Hello Ada", "voice": "v1", "language": "es"}
    answer = document(platform.answer(READ, resolution({}, **members)))

    assert answer == {
        "complete": True,
        "variables": {"context_call": "call_1"},
        "call": "call_1",
        "contact_id": "41",
        **members,
    }


@PLATFORMS
def test_an_unknown_caller_gets_every_variable_as_text(platform):
    answer = document(platform.answer(platform.read(hook_request(b"{")), unavailable("plan")))

    assert answer == {"complete": False, "variables": {"plan": ""}}


@pytest.mark.parametrize("name", ["from", "phone_number", "now"])
def test_a_name_of_bland_cannot_be_declared(name: str):
    assert BLAND.values.name_fault(name)
    assert PLATFORM.values.name_fault(name) is None


def test_bland_waits_two_seconds():
    assert BLAND.budget_ms == 2000
