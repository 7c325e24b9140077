"""POST /v1/calls/{call_id}/assurance: what a caller proves during a call."""

from typing import Any

import pytest

from shared.domain.calls import VariableState
from shared.domain.disclosure import Assurance, Purpose
from tests.api import Api
from tests.fixtures import Fixtures


@pytest.fixture
def api(fixtures: Fixtures) -> Api:
    fixtures.key("a-raiser-key", permissions=("contacts:read", "contacts:write"))
    fixtures.contact(7)
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.agent("agent_1", "level")
    fixtures.call("call_1", "level", 7)
    return Api("a-raiser-key")


def prove(api: Api, how: str, call: str = "call_1") -> Any:
    return api.call("POST", f"/v1/calls/{call}/assurance", {"assurance": how})


def test_it_is_raised_and_never_lowered(api: Api):
    before = api.call("GET", "/v1/calls/call_1").document
    for given, kept in [("otp", "otp"), ("otp", "otp"), ("none", "otp"), ("authenticated",) * 2]:
        answer = prove(api, given)
        assert answer.status == 200
        assert answer.document == {"call": "call_1", "assurance": kept, "released": {}}
    after = api.call("GET", "/v1/calls/call_1").document
    assert after == {**before, "assurance": "authenticated"}


def test_what_was_withheld_is_released(api: Api, fixtures: Fixtures):
    fixtures.call("call_3", "level", 7, VariableState.WITHHELD)
    assert prove(api, "otp", "call_3").document["released"] == {"level": "Gold"}


def test_what_was_withheld_for_another_reason_is_not_released(api: Api, fixtures: Fixtures):
    """A key that reads for people gets the value elsewhere; the agent of the call does not."""
    purposes = frozenset({Purpose.HUMAN})
    fixtures.value(fixtures.definition("note", purposes=purposes), "canary", 7)
    fixtures.value(fixtures.definition("pin", min_assurance=Assurance.OTP), "1234", 7)
    fixtures.agent("agent_2", "note", "pin", deadline_ms=10_000)
    body = {"agent": "agent_2", "contact": {"id": "contact_7"}, "call_id": "CA1"}
    call = api.call("POST", "/v1/resolve", body).document
    reasons = {name: each["reason"] for name, each in call["states"].items()}
    assert reasons == {"note": "purpose", "pin": "assurance"}
    fixtures.key("a-person", permissions=("*",), purpose=Purpose.HUMAN)
    path = f"/v1/calls/{call['call']}/assurance"
    raised = api.call("POST", path, {"assurance": "otp"}, key="a-person")
    assert raised.document["released"] == {"pin": "1234"}


@pytest.mark.parametrize("body", [{}, {"assurance": "sure"}, {"assurance": "otp", "more": 1}])
def test_another_body_is_invalid(api: Api, body: dict[str, Any]):
    assert api.call("POST", "/v1/calls/call_1/assurance", body).status == 400


def test_a_call_of_nobody_is_not_found(api: Api):
    answer = prove(api, "otp", "call_2")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_key_that_only_reads_cannot_raise_it(api: Api, fixtures: Fixtures):
    fixtures.key("a-reader", permissions=("contacts:read",))
    sent = {"assurance": "otp"}
    assert api.call("POST", "/v1/calls/call_1/assurance", sent, key="a-reader").status == 403
