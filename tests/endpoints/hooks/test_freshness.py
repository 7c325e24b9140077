"""How old a value is decides what an agent gets and asks, on every surface, by the clock."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.agents import DeclaredVariable, Origin
from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType, WhenStale
from shared.domain.values import Subject
from shared.platforms.registry import NAMES
from shared.platforms.samples import sample_body
from shared.services.agents.hook_tokens import hash_token, new_token
from shared.services.variables.assignments import make_assignment
from tests.api import Api
from tests.endpoints.hooks.test_tools import IN_SHAPE, result_of
from tests.fixtures import Fixtures

PHONE = "+15550100"
SET_AT = datetime(2026, 11, 1, tzinfo=UTC)
STALE, EXPIRED = timedelta(seconds=60), timedelta(seconds=3600)
MOMENT = timedelta(milliseconds=1)
QUESTION = "How are you?"
SETTINGS: dict[str, Any] = {
    "vapi": {"assistant_id": "asst_1"},
    "twilio": {"url": "wss://example.com"},
    "openai": {"model": "gpt-realtime"},
}


class Clock(datetime):
    """A clock that stands still."""

    at = SET_AT

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
        return cls.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    for module in ("hooks", "endpoints", "resolving"):
        monkeypatch.setattr(f"shared.wiring.{module}.datetime", Clock)
    return Clock


@pytest.fixture(params=WhenStale)
def when_stale(request: pytest.FixtureRequest, fixtures: Fixtures) -> WhenStale:
    """An agent with a variable that becomes stale, then expires; its value stays stored."""
    fixtures.key("a-reader", permissions=("*",))
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    made = fixtures.definition(
        "mood",
        question=QUESTION,
        when_stale=request.param,
        stale_after_seconds=60,
        expires_after_seconds=3600,
    )
    by = Attribution(SET_AT)
    fixtures.variables.save("acme", Subject.contact(7), [make_assignment(made, "merry")], [], by)
    declared = DeclaredVariable("mood", Origin(ContextType.CONTACT, "mood"), "unknown")
    fixtures.agent("agent_1", variables=(declared,), settings=SETTINGS, deadline_ms=10_000)
    when: WhenStale = request.param
    return when


def expected(when_stale: WhenStale, age: timedelta) -> tuple[str, bool]:
    """What the agent gets at an age of the value, and whether it asks."""
    if age < STALE:
        return "merry", False
    if age >= EXPIRED:
        return "unknown", True
    is_omitted = when_stale is WhenStale.OMIT
    return "unknown" if is_omitted else "merry", when_stale in (WhenStale.ASK, WhenStale.OMIT)


AGES = (STALE - MOMENT, STALE, EXPIRED - MOMENT, EXPIRED, timedelta(days=400))


def test_every_resolve_goes_by_the_clock(when_stale: WhenStale, clock: type[Clock]):
    api, caller = Api("a-reader"), {"phone": PHONE}
    query = {"agent": "agent_1", **caller}
    for age in AGES:
        clock.at = SET_AT + age
        batch = {"agent": "agent_1", "contacts": [caller]}
        answers = [
            api.call("POST", "/v1/resolve", {"agent": "agent_1", "contact": caller}).document,
            api.call("GET", "/v1/resolve", query=query).document,
            *api.call("POST", "/v1/resolve/batch", batch).document["data"],
        ]
        for answer in answers:
            value, asks = expected(when_stale, age)
            assert answer["variables"]["mood"] == value
            assert [each["question"] for each in answer["ask"]] == [QUESTION] * asks


@pytest.mark.parametrize("platform", NAMES)
def test_every_hook_goes_by_the_clock(
    platform: str, when_stale: WhenStale, clock: type[Clock], fixtures: Fixtures
):
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token))
    sent = sample_body(platform, PHONE).encode()
    for age in AGES:
        clock.at = SET_AT + age
        answer = text_of(Api(None).call("POST", f"/h/{token}", body=sent).document)
        value, asks = expected(when_stale, age)
        assert (value in answer, "merry" in answer) == (True, value == "merry")
        assert (QUESTION in answer) == asks


@pytest.mark.parametrize("platform", IN_SHAPE)
def test_every_look_up_goes_by_the_clock(
    platform: str, when_stale: WhenStale, clock: type[Clock], fixtures: Fixtures
):
    token = new_token("acme", platform, "hook_1")
    fixtures.hook(platform=platform, token_hash=hash_token(token))
    body, query = IN_SHAPE[platform]("look_up", {})
    for age in AGES:
        clock.at = SET_AT + age
        answer = Api(None).call("POST", f"/h/{token}", body, query=query)
        value, _ = expected(when_stale, age)
        assert result_of(platform, answer.document) == {"mood": value}


def test_a_kept_answer_ends_by_the_clock_and_not_when_it_is_deleted(
    when_stale: WhenStale, clock: type[Clock]
):
    """TTL deletes up to days late."""
    api = Api("a-reader")
    body = {"agent": "agent_1", "contact": {"phone": PHONE}, "call_id": "CA1"}
    clock.at = SET_AT
    first = api.call("POST", "/v1/resolve", body).document
    path = f"/v1/calls/{first['call']}"
    clock.at = SET_AT + timedelta(days=1)
    # The value has expired, so that nobody gets the first answer any more.
    assert api.call("POST", "/v1/resolve", body).document["variables"]["mood"] == "unknown"
    shown = api.call("GET", path).document
    assert shown["states"]["mood"]["state"] == "unset"
    assert "merry" not in str(shown)
    clock.at = SET_AT + timedelta(days=30)
    assert api.call("GET", path).status == 404


def text_of(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)
