"""Agents, hooks and calls show a key only values that it gets by other endpoints."""

from typing import Any

import pytest

from shared.domain.contacts import PhoneNumber
from shared.domain.disclosure import Purpose, Sensitivity
from tests.api import Api
from tests.fixtures import Fixtures

PHONE = "+15550100"
WEAK = "a_weaker_key_0123456789"
SECRET = "canary"
KEYS: dict[str, dict[str, Any]] = {
    "without clearance": {"sensitivity": Sensitivity.PUBLIC},
    "for another purpose": {"purpose": Purpose.EXPORT},
    "without the user": {},
}
REASONS = {"without clearance": "sensitivity", "for another purpose": "purpose"}


@pytest.fixture
def strong(native: Api, fixtures: Fixtures) -> Api:
    """Return a client that gets everything. The caller has values that others do not get."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    facts: list[dict[str, Any]] = [
        {"sensitivity": Sensitivity.SENSITIVE},
        {"purposes": frozenset({Purpose.PROMPT})},
        {"owner": "ada"},
    ]
    for name, each in zip(KEYS, facts, strict=True):
        variable = name.replace(" ", "_")
        fixtures.value(fixtures.definition(variable, **each), SECRET, 7)
        fixtures.agent(
            f"agent_{variable}",
            variable,
            first_message=f"You are {{{{{variable}}}}}",
            deadline_ms=10_000,
        )
    fixtures.key("a_strong_key_0123456789", permissions=("*",), user="ada")
    return Api("a_strong_key_0123456789")


@pytest.fixture(params=KEYS)
def case(request: pytest.FixtureRequest, strong: Api, fixtures: Fixtures) -> str:
    """Provide each reason why the weaker key does not get the value."""
    fixtures.key(WEAK, permissions=("*",), **KEYS[request.param])
    return str(request.param)


def ask(case: str) -> dict[str, Any]:
    agent = f"agent_{case.replace(' ', '_')}"
    return {"agent": agent, "contact": {"phone": PHONE}, "call_id": "CA1"}


def test_the_first_answer_of_a_call_is_not_given_to_a_weaker_key(case: str, strong: Api):
    first = strong.call("POST", "/v1/resolve", ask(case)).document
    assert SECRET in str(first)
    weaker = strong.call("POST", "/v1/resolve", ask(case), key=WEAK)
    assert (weaker.status, weaker.document["complete"]) == (200, True)
    assert SECRET not in str(weaker.document)
    assert strong.call("POST", "/v1/resolve", ask(case)).document == first


def test_a_call_does_not_show_a_weaker_key_a_value(case: str, strong: Api):
    call_id = strong.call("POST", "/v1/resolve", ask(case)).document["call"]
    path, query = f"/v1/calls/{call_id}", {"variable": case.replace(" ", "_")}
    shown = strong.call("GET", path, key=WEAK).document
    why = strong.call("GET", f"{path}/why", query=query, key=WEAK)
    assert SECRET not in str(shown) + str(why.document)
    assert shown["first_message"] is None
    if case in REASONS:
        reason = {"state": "withheld", "reason": REASONS[case]}
        assert list(shown["states"].values()) == [reason]
        assert (why.document["value"], why.document["reason"]) == (None, REASONS[case])
    else:
        assert (shown["states"], why.status) == ({}, 404)
    assert SECRET in str(strong.call("GET", path).document)


def test_a_resolve_names_what_is_withheld(case: str, strong: Api):
    states = strong.call("POST", "/v1/resolve", ask(case), key=WEAK).document["states"]
    state = {"state": "withheld", "reason": REASONS[case]} if case in REASONS else None
    assert list(states.values()) == [state or {"state": "unset"}]


def test_a_contact_that_became_hidden_is_not_in_a_retry(strong: Api, fixtures: Fixtures):
    fixtures.contact(8, phone_numbers=(PhoneNumber(1, "+15550188"),), owner="ada")
    body = {**ask("without the user"), "contact": {"phone": "+15550188"}}
    assert strong.call("POST", "/v1/resolve", body).document["contact"]["id"] == "contact_8"
    fixtures.key(WEAK, permissions=("*",))
    weaker = strong.call("POST", "/v1/resolve", body, key=WEAK).document
    assert weaker["contact"]["id"] is None


def ring(api: Api, path: str) -> Any:
    """Return the response of the hook at a path to a call of the caller."""
    message = {"event": "call_inbound", "call_inbound": {"from_number": PHONE}}
    return api.call("POST", path, message, key=None).document


def hook_of(case: str) -> dict[str, str]:
    return {"agent": f"agent_{case.replace(' ', '_')}", "platform": "retell"}


def test_a_hook_of_a_weaker_key_does_not_read_a_value(case: str, strong: Api):
    created = strong.call("POST", "/v1/hooks", hook_of(case), key=WEAK)
    assert (created.status, SECRET in str(ring(strong, created.document["path"]))) == (201, False)


def test_a_weaker_key_gets_no_token_of_a_hook_that_reads_more(case: str, strong: Api):
    hook = strong.call("POST", "/v1/hooks", hook_of(case)).document
    assert SECRET in str(ring(strong, hook["path"]))
    answer = strong.call("POST", f"/v1/hooks/{hook['id']}/rotate", key=WEAK)
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert strong.call("POST", f"/v1/hooks/{hook['id']}/rotate").status == 200


@pytest.mark.parametrize("lacking", ["contacts:read", "contacts:write"])
def test_a_hook_needs_a_key_with_the_permissions_that_the_hook_has(
    lacking: str, strong: Api, fixtures: Fixtures
):
    given = {"agents:write", "contacts:read", "contacts:write"} - {lacking}
    fixtures.key(WEAK, permissions=(*sorted(given),))
    hook = strong.call("POST", "/v1/hooks", hook_of("without clearance")).document
    for path in ("/v1/hooks", f"/v1/hooks/{hook['id']}/rotate"):
        answer = strong.call("POST", path, hook_of("without clearance"), key=WEAK)
        assert (answer.status, lacking in answer.document["detail"]) == (403, True)
