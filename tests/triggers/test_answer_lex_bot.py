"""Amazon Lex V2 invokes a function with the token of a hook, and always gets its session back."""

from typing import Any

import pytest

from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType, Definition
from shared.domain.hooks import HookReply
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.invocations import InvokingPlatform
from shared.services.agents.hook_tokens import hash_token
from shared.wiring.invocations import invoked_by
from tests.fixtures import Fixtures
from tests.triggers.queue import Context, trigger

FUNCTION = "TriggerAnswerLexBot"
PHONE = "+15550100"
TOKEN = f"h.mfrw2zi.lex_v2.hook_1.{'12345678' * 6}"
INTENT = {"name": "Welcome", "slots": {"size": None}, "state": "InProgress"}
CONTEXTS = [{"name": "ordering", "contextAttributes": {}, "timeToLive": {"turnsToLive": 2}}]


@pytest.fixture(autouse=True)
def account(fixtures: Fixtures) -> None:
    """Create an account with a known caller, an agent, and a hook of the platform."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.agent("agent_1", "level", deadline_ms=10_000)
    fixtures.hook(platform="lex_v2", token_hash=hash_token(TOKEN))


def turn(attributes: Any, request: Any = None, source: str = "DialogCodeHook") -> dict[str, Any]:
    """Build an event of a bot."""
    return {
        "sessionId": "s1",
        "invocationSource": source,
        "requestAttributes": request,
        "sessionState": {
            "sessionAttributes": attributes,
            "intent": INTENT,
            "activeContexts": CONTEXTS,
        },
    }


def test_the_session_comes_back_with_the_variables_and_the_bot_goes_on():
    attributes = {"phone": PHONE, "context_hook": TOKEN, "theme": "dark"}
    state = trigger(FUNCTION, turn(attributes), Context())["sessionState"]

    # The token stays in the session, because the next turn needs it.
    assert {*attributes.items()} <= {*state["sessionAttributes"].items()}
    assert state["sessionAttributes"]["level"] == "Gold"
    assert all(isinstance(each, str) for each in state["sessionAttributes"].values())
    assert state["dialogAction"] == {"type": "Delegate"}
    assert (state["intent"], state["activeContexts"]) == (INTENT, CONTEXTS)


def test_the_token_may_be_an_attribute_of_the_request_which_is_not_stored_in_the_session():
    event = turn({"phone": PHONE}, {"context_hook": TOKEN})
    attributes = trigger(FUNCTION, event, Context())["sessionState"]["sessionAttributes"]
    assert (attributes["level"], "context_hook" in attributes) == ("Gold", False)


@pytest.mark.parametrize("what", ["nested", "circular", "no JSON"])
def test_an_event_that_cannot_be_written_gets_what_an_unknown_caller_gets(what: str):
    """It is nested too deep, or comes from a caller in the same process."""
    attributes: dict[str, Any] = {"phone": PHONE, "context_hook": TOKEN}
    extra: Any = object() if what == "no JSON" else []
    if what == "circular":
        extra.append(extra)
    if what == "nested":
        for _ in range(100_000):
            extra = [extra]
    event = {**turn(attributes), "transcriptions": extra}
    state = trigger(FUNCTION, event, Context())["sessionState"]
    assert state["sessionAttributes"]["level"] == ""
    assert state["dialogAction"] == {"type": "Delegate"}


def test_a_session_keeps_its_first_answer_until_it_is_used_for_another_conversation(
    fixtures: Fixtures,
):
    def attributes_after(request_id: str, kept: dict[str, str]) -> dict[str, str]:
        event = turn(kept)
        event["sessionState"]["originatingRequestId"] = request_id
        answer = trigger(FUNCTION, event, Context())
        return answer["sessionState"]["sessionAttributes"]  # type: ignore[no-any-return]

    given = {"phone": PHONE, "context_hook": TOKEN}
    first = attributes_after("r1", given)
    (level,) = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["level"]).values()
    assert isinstance(level, Definition)
    fixtures.value(level, "Silver", 7)
    # The retry of a turn, and the turns after it.
    assert attributes_after("r1", given) == first == attributes_after("r2", first)
    assert first["level"] == "Gold"
    # The attributes of the session are gone, its id is not.
    next_day = attributes_after("r3", given)
    assert next_day["level"] == "Silver"
    assert next_day["context_call"] != first["context_call"]


def test_a_fulfillment_is_closed():
    event = turn({"phone": PHONE, "context_hook": TOKEN}, source="FulfillmentCodeHook")
    state = trigger(FUNCTION, event, Context())["sessionState"]
    assert state["dialogAction"] == {"type": "Close"}
    assert state["intent"]["state"] == "Fulfilled"


@pytest.mark.parametrize("token", ["", TOKEN.replace("lex_v2", "retell"), TOKEN + "0"])
def test_without_a_hook_the_session_comes_back_as_it_was(token: str, fixtures: Fixtures):
    attributes = {"phone": "+15550199", "context_hook": token}
    before = fixtures.items()
    assert trigger(FUNCTION, turn(attributes), Context()) == {
        "sessionState": {
            "sessionAttributes": attributes,
            "dialogAction": {"type": "Delegate"},
            "intent": INTENT,
            "activeContexts": CONTEXTS,
        }
    }
    assert fixtures.items() == before


@pytest.mark.parametrize("event", [None, [], "x", {}, {"sessionState": 7}], ids=str)
def test_whatever_invokes_it_gets_an_answer(event: Any):
    assert trigger(FUNCTION, event, None) == {
        "sessionState": {"sessionAttributes": {}, "dialogAction": {"type": "Delegate"}}
    }


@pytest.mark.parametrize(("status", "problem"), [(404, "token"), (401, "signature")])
def test_the_log_says_why_an_event_gets_no_variables(
    status: int, problem: str, caplog: pytest.LogCaptureFixture
):
    reply = HookReply(status, "application/json", b"{}")
    handler = invoked_by(InvokingPlatform.named("lex_v2"), PlatformHookMessage.of)(lambda *_: reply)
    handler(turn({"phone": PHONE, "context_hook": TOKEN}), Context())
    (facts,) = [vars(each)["facts"] for each in caplog.records if each.msg == "rejected"]
    assert facts["problem"] == problem


def test_the_log_says_that_reading_an_event_failed(caplog: pytest.LogCaptureFixture):
    def read(*_: Any, **__: Any) -> Any:
        raise ValueError

    handler = invoked_by(InvokingPlatform.named("lex_v2"), read)(
        lambda *_: pytest.fail("not reached")
    )
    handler(turn({"phone": PHONE, "context_hook": TOKEN}), Context())
    (facts,) = [vars(each)["facts"] for each in caplog.records if each.msg == "rejected"]
    assert (facts["problem"], facts["reason"]) == ("failure", "status 500")
