"""Fish Audio reads 50 variables, of short names and texts of 1,000 characters."""

import re

from shared.domain.calls import MessageKind, PlatformMessage
from shared.domain.disclosure import Assurance
from shared.platforms.fish_audio import PLATFORM
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

INBOUND = {
    "event": "call.inbound",
    "call": {
        "caller_number": "+15551234567",
        "dialed_number": "+14155550100",
        "agent_id": "a1",
        "phone_number_id": "p1",
        "twilio_call_sid": "CA1",
    },
}


def values(*given, **members) -> dict:
    message = PLATFORM.read(hook_request(INBOUND))
    return document(PLATFORM.answer(message, resolution(*given, **members)))["dynamic_variables"]


def test_an_inbound_call_is_read():
    assert PLATFORM.read(hook_request(INBOUND)) == PlatformMessage(
        MessageKind.RESOLVE, call_id="CA1", caller="+15551234567", called="+14155550100"
    )


def test_a_withheld_caller_is_an_empty_text():
    call = {**INBOUND["call"], "caller_number": ""}
    message = PLATFORM.read(hook_request({**INBOUND, "call": call}))

    assert (message.caller, message.assurance) == (None, Assurance.NONE)


def test_another_event_is_a_notice():
    assert PLATFORM.read(hook_request({"event": "call.analyzed"})).kind is MessageKind.NOTICE


def test_numbers_and_booleans_keep_their_types():
    typed = {name: MIXED[name] for name in ("balance", "orders", "vip")}

    assert values(MIXED, call=None) == {**MIXED_AS_TEXT, **typed}


def test_a_text_has_at_most_a_thousand_characters():
    assert values({"a": "x" * 5000}, call=None) == {"a": "x" * 1000}


def test_what_fish_audio_would_drop_is_not_sent():
    given = {"_a": 1, "1a": 2, "a-b": 3, **{f"v{number}": number for number in range(60)}}

    assert [*values(given)] == [f"v{number}" for number in range(50)]
    assert all(re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name) for name in values(given))


def test_an_unknown_caller_gets_every_variable():
    answer = document(PLATFORM.answer(PLATFORM.read(hook_request(b"?")), unavailable("plan")))

    assert answer == {"dynamic_variables": {"plan": ""}}
