"""Lex V2 gets its session back, with text variables among the attributes."""

import pytest

from shared.domain.calls import MessageKind
from shared.platforms.lex_v2 import PLATFORM, answer_event, read_event
from tests.platforms.cases import (
    MIXED,
    MIXED_AS_TEXT,
    document,
    hook_request,
    resolution,
    unavailable,
)

INTENT = {"name": "Welcome", "slots": {"a": {"value": {"x": "1"}}}, "state": "InProgress"}
EVENT = {
    "messageVersion": "1.0",
    "invocationSource": "DialogCodeHook",
    "inputMode": "Speech",
    "responseContentType": "text/plain; charset=utf-8",
    "sessionId": "s1",
    "inputTranscript": "hi",
    "invocationLabel": "init",
    "bot": {"id": "B", "name": "b", "aliasId": "A", "localeId": "en_US", "version": "1"},
    "interpretations": [{"intent": INTENT}],
    "requestAttributes": {},
    "sessionState": {
        "sessionAttributes": {"phone": "+12137771234", "theme": "a\nb {{c}}"},
        "intent": INTENT,
    },
    "transcriptions": [],
    "a_new_member": {"of": "Lex"},
}


def of_request(request_id: str, attributes: dict | None = None) -> dict:
    """A turn of the session, with the id of its request and the attributes that Lex has kept."""
    kept = EVENT["sessionState"]["sessionAttributes"] if attributes is None else attributes
    state = {**EVENT["sessionState"], "originatingRequestId": request_id}
    return {**EVENT, "sessionState": {**state, "sessionAttributes": kept}}


def answered(event: dict = EVENT, *given, **members) -> dict:
    return answer_event(read_event(event), resolution(*given, **members))["sessionState"]


def test_the_event_of_a_bot_is_read():
    for message in (read_event(EVENT), PLATFORM.read(hook_request(EVENT))):
        assert (message.kind, message.call_id) == (MessageKind.RESOLVE, "s1")
        assert message.caller == "+12137771234"


@pytest.mark.parametrize("name", ["phone", "caller", "from"])
def test_the_caller_may_be_an_attribute_of_the_request(name: str):
    event = {"sessionState": {}, "requestAttributes": {name: "+12137771234"}}

    assert read_event(event).caller == "+12137771234"


def test_attributes_and_intent_are_repeated_as_they_came_or_they_are_lost():
    state = answered(EVENT, {"customer_name": "Ada"}, call=None)

    assert state == {
        "sessionAttributes": {
            "phone": "+12137771234",
            "theme": "a\nb {{c}}",
            "customer_name": "Ada",
        },
        "dialogAction": {"type": "Delegate"},
        "intent": INTENT,
    }


def test_every_attribute_is_a_text():
    event = {**EVENT, "sessionState": {"sessionAttributes": {"odd": 1}, "intent": INTENT}}

    assert answered(event, MIXED, call=None)["sessionAttributes"] == MIXED_AS_TEXT


@pytest.mark.parametrize(
    "name", ["phone", "caller", "from", "to", "called", "context_hook", "context_session"]
)
def test_a_variable_never_replaces_what_the_next_turn_is_read_by(name: str):
    session = answered(of_request("r1"), {name: "+12137770000", "plan": "Gold"})
    following = read_event({"sessionState": session})

    assert (following.caller, following.called) == ("+12137771234", None)
    assert session["sessionAttributes"].get(name) in (None, "+12137771234", "r1")
    assert session["sessionAttributes"]["plan"] == "Gold"


def test_a_fulfillment_is_closed_or_lex_would_ask_again():
    state = answered({**EVENT, "invocationSource": "FulfillmentCodeHook"})

    assert state["dialogAction"] == {"type": "Close"}
    assert state["intent"] == {**INTENT, "state": "Fulfilled"}


def test_an_event_that_is_none_gets_every_variable():
    answer = answer_event(read_event({}), unavailable("plan"))

    assert answer == {
        "sessionState": {
            "sessionAttributes": {"plan": ""},
            "dialogAction": {"type": "Delegate"},
        }
    }


def test_an_answer_over_http_is_the_same():
    message = read_event(EVENT)
    answer = document(PLATFORM.answer(message, resolution()))

    assert answer == answer_event(message, resolution())


def test_the_turns_of_a_conversation_are_one_call():
    first, again = of_request("r1"), of_request("r1")
    kept = answered(first)["sessionAttributes"]
    second = of_request("r2", kept)
    third = of_request("r3", answered(second)["sessionAttributes"])

    calls = {read_event(each).call_id for each in (first, again, second, third)}
    assert len(calls) == 1
    assert None not in calls


def test_a_session_that_is_used_again_is_another_call():
    """Lex drops the attributes of a session when it ends."""
    calls = [read_event(of_request(each)).call_id for each in ("r1", "r2")]

    assert len({*calls}) == 2


def test_without_a_call_nothing_is_kept_in_the_session():
    assert "context_session" not in answered(of_request("r1"), call=None)["sessionAttributes"]
