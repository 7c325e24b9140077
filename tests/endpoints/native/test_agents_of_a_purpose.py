"""An agent that declares all variables of a purpose gets those that exist at the time."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts import WHOLE_ACCOUNT, Caller
from shared.domain.agents import CompiledAgent, Origin
from shared.domain.calls import VariableState
from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.resolutions import WantedCall
from shared.services.agents import declarations
from shared.services.agents.answers import unavailable_answer
from shared.wiring import agents as agent_wiring
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import Fixtures

PHONE = "+15550100"
OF_PROMPT = {"purpose": "prompt"}
HUMAN = frozenset({Purpose.HUMAN})


@pytest.fixture
def agent_id(native: Api, fixtures: Fixtures) -> str:
    """Create an agent of a purpose, a known caller, and a variable of each context type."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.definition("hours", context_type="business", default_value="9-5")
    fixtures.definition("topic", context_type="conversation")
    fixtures.definition("note_of_staff", purposes=HUMAN)
    body = {"name": "Reception", "variables": OF_PROMPT, "deadline_ms": 10_000}
    made = native.call("POST", "/v1/agents", body)
    assert (made.status, made.document["variables"]) == (201, OF_PROMPT)
    return str(made.document["id"])


def resolved(native: Api, agent_id: str) -> dict[str, Any]:
    answer = native.call("POST", "/v1/resolve", {"agent": agent_id, "contact": {"phone": PHONE}})
    assert answer.status == 200, answer.document
    assert answer.document["complete"]
    return answer.document["variables"]


@pytest.mark.parametrize("is_warm", [True, False])
def test_a_change_of_definitions_is_seen_by_the_next_resolve(
    native: Api, fixtures: Fixtures, agent_id: str, *, is_warm: bool
):
    paths = {
        each.name: f"/v1/definitions/{each.external_id}"
        for each in fixtures.definitions.list("acme")
    }

    def now() -> dict[str, Any]:
        if not is_warm:
            wiring.memory().clear()
            agent_wiring.agent_memory().clear()
        return resolved(native, agent_id)

    assert now() == {"level": "Gold", "business_hours": "9-5"}
    made = native.call(
        "POST",
        "/v1/definitions",
        {"name": "city", "display_name": "City", "type": "text", "default": "Lima"},
    )
    assert made.status == 201, made.document
    assert now() == {"level": "Gold", "business_hours": "9-5", "city": "Lima"}
    renamed = native.call("PATCH", paths["level"], {"name": "plan"})
    assert renamed.status == 200, renamed.document
    assert now() == {"plan": "Gold", "business_hours": "9-5", "city": "Lima"}
    staff = native.call("PATCH", paths["note_of_staff"], {"purposes": ["prompt"]})
    assert staff.status == 200, staff.document
    assert "note_of_staff" in now()
    native.call("PATCH", paths["note_of_staff"], {"purposes": ["human"]})
    assert native.call("DELETE", paths["level"]).status == 200
    assert now() == {"business_hours": "9-5", "city": "Lima"}


def test_more_changes_than_the_head_lists_are_seen(native: Api, fixtures: Fixtures, agent_id: str):
    resolved(native, agent_id)
    for number in range(40):
        fixtures.definition(f"added_{number}")
    assert len(resolved(native, agent_id)) == 42


def test_what_belongs_to_others_is_not_named_and_what_is_withheld_is(
    native: Api, fixtures: Fixtures, agent_id: str
):
    fixtures.definition("secret_note", owner="somebody")
    fixtures.definition("diagnosis", sensitivity=Sensitivity.SENSITIVE)
    fixtures.key("a-key-without-clearance", permissions=("*",), sensitivity=Sensitivity.PERSONAL)
    body = {"agent": agent_id, "contact": {"phone": PHONE}}
    found = native.call("POST", "/v1/resolve", body, key="a-key-without-clearance").document
    assert found["variables"].keys() == {"level", "business_hours", "diagnosis"}
    assert found["states"]["diagnosis"] == {"state": "withheld", "reason": "sensitivity"}


def test_a_variable_of_the_business_has_one_name_whatever_contacts_have(
    native: Api, fixtures: Fixtures, agent_id: str
):
    fixtures.definition("level", context_type="business", default_value="all")
    before = resolved(native, agent_id)
    assert before == {"level": "Gold", "business_hours": "9-5", "business_level": "all"}
    fixtures.definition("hours", default_value="mornings")
    assert resolved(native, agent_id) == {**before, "hours": "mornings"}


def test_names_that_platforms_set_and_those_declared_before_are_no_names(
    native: Api, fixtures: Fixtures, agent_id: str
):
    fixtures.definition("date")
    fixtures.definition("business_hours", default_value="of the contact")
    assert resolved(native, agent_id) == {"level": "Gold", "business_hours": "9-5"}


@pytest.mark.parametrize("hidden", ["hours", "business_hours", "another"])
def test_no_name_tells_of_a_variable_that_the_reader_does_not_see(
    native: Api, fixtures: Fixtures, agent_id: str, hidden: str
):
    before = resolved(native, agent_id)
    fixtures.definition(hidden, owner="ann", default_value="a secret of ann")
    assert resolved(native, agent_id) == before
    fixtures.key("a-key-of-ann", permissions=("*",), user="ann")
    body = {"agent": agent_id, "contact": {"phone": PHONE}}
    of_ann = native.call("POST", "/v1/resolve", body, key="a-key-of-ann").document["variables"]
    assert {name: of_ann[name] for name in before} == before
    assert len(of_ann) == len(before) + (hidden not in before)


def test_a_retry_by_another_key_names_no_variable_that_it_does_not_see(
    native: Api, fixtures: Fixtures, agent_id: str
):
    fixtures.definition("canary", owner="ann")
    fixtures.key("a-key-of-ann", permissions=("*",), user="ann")
    body = {"agent": agent_id, "contact": {"phone": PHONE}, "call_id": "c1"}
    of_ann = native.call("POST", "/v1/resolve", body, key="a-key-of-ann").document
    assert of_ann["states"]["canary"] == {"state": "unset"}
    again = native.call("POST", "/v1/resolve", body)
    assert again.document["variables"].keys() == {"level", "business_hours"}
    shown = native.call("GET", f"/v1/calls/{of_ann['call']}").document
    assert shown["variables"].keys() == {"level", "business_hours"}
    assert "canary" not in f"{again.document} {shown}"


@pytest.mark.parametrize(
    ("is_deleted", "created", "is_first"),
    [
        (False, None, True),
        (True, None, False),
        (True, {}, True),
        (True, {"sensitivity": "personal"}, False),
    ],
)
def test_a_retry_gets_the_first_answer_while_its_variables_exist(
    native: Api,
    fixtures: Fixtures,
    agent_id: str,
    created: dict[str, Any] | None,
    *,
    is_deleted: bool,
    is_first: bool,
):
    """The agent has another name for the variable since.

    A new definition with the name of a deleted one is another variable if its audience differs.
    """
    mood = {"name": "mood", "type": "text"}
    made = native.call("POST", "/v1/definitions", mood).document["id"]
    body = {"agent": agent_id, "contact": {"phone": PHONE}, "call_id": "c1"}
    first = native.call("POST", "/v1/resolve", body).document
    assert first["states"]["mood"] == {"state": "unset"}
    hours = {"from": "business.hours", "as": "business_hours"}
    listed = [{"from": "level"}, hours, {"from": "mood", "as": "feeling"}]
    changed = {"variables": listed, "first_message": None}
    assert native.call("PATCH", f"/v1/agents/{agent_id}", changed).status == 200
    if is_deleted:
        assert native.call("DELETE", f"/v1/definitions/{made}").status == 200
    if created is not None:
        assert native.call("POST", "/v1/definitions", mood | created).status == 201
    again = native.call("POST", "/v1/resolve", body).document
    assert (again == first) is is_first
    name = "mood" if is_first else "feeling"
    assert again["variables"].keys() == {"level", "business_hours", name}


@pytest.mark.parametrize("change", ["a list", "empty", "deleted"])
def test_a_call_of_a_former_purpose_names_no_variable_that_the_reader_does_not_see(
    native: Api, fixtures: Fixtures, agent_id: str, change: str
):
    fixtures.definition("canary", owner="ann")
    fixtures.key("a-key-of-ann", permissions=("*",), user="ann")
    body = {"agent": agent_id, "contact": {"phone": PHONE}, "call_id": "c1"}
    of_ann = native.call("POST", "/v1/resolve", body, key="a-key-of-ann").document
    path = f"/v1/agents/{agent_id}"
    if change == "deleted":
        assert native.call("DELETE", path).status == 200
    else:
        hours = {"from": "business.hours", "as": "business_hours"}
        listed = [{"from": "level"}, hours] if change == "a list" else []
        changed = native.call("PATCH", path, {"variables": listed, "first_message": None})
        assert changed.status == 200, changed.document
    again = native.call("POST", "/v1/resolve", body)
    shown = native.call("GET", f"/v1/calls/{of_ann['call']}")
    assert "canary" not in f"{again.document} {shown.document}"


def test_beyond_the_most_that_an_agent_declares_the_oldest_are_there(
    native: Api, fixtures: Fixtures, agent_id: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(declarations, "MAX_DECLARED_VARIABLES", 2)
    fixtures.definition("city")
    assert resolved(native, agent_id).keys() == {"level", "business_hours"}


def test_an_answer_without_storage_has_every_name(fixtures: Fixtures, agent_id: str):
    agent = fixtures.agents.find("acme", agent_id)
    level = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["level"])["level"]
    hidden = replace(level, name="hidden", owner="somebody")
    assert agent is not None
    compiled = CompiledAgent(
        agent, {Origin(ContextType.CONTACT, each.name): each for each in (level, hidden)}
    )
    caller = Caller("acme", "a-key", datetime.now(UTC), purpose=Purpose.PROMPT)
    answer = unavailable_answer(caller, compiled, WantedCall(agent_id)).resolution
    (variable,) = answer.variables
    assert (variable.name, variable.state) == ("level", VariableState.UNAVAILABLE)
    assert level.audience == WHOLE_ACCOUNT


def test_an_agent_changes_between_a_list_and_a_purpose(native: Api, agent_id: str):
    path = f"/v1/agents/{agent_id}"
    listed = native.call("PATCH", path, {"variables": [{"from": "level"}]})
    assert [each["as"] for each in listed.document["variables"]] == ["level"]
    assert resolved(native, agent_id) == {"level": "Gold"}
    assert native.call("PATCH", path, {"voice": "v_1"}).document["variables"][0]["as"] == "level"
    again = native.call("PATCH", path, {"variables": OF_PROMPT, "first_message": "Hi {{level}}"})
    assert (
        again.document["variables"] == native.call("GET", path).document["variables"] == OF_PROMPT
    )
    assert resolved(native, agent_id) == {"level": "Gold", "business_hours": "9-5"}
    emptied = native.call("PATCH", path, {"variables": [], "first_message": None})
    assert emptied.document["variables"] == []
    assert resolved(native, agent_id) == {}


@pytest.mark.parametrize(
    ("variables", "pointer", "code"),
    [
        ({}, "/variables/purpose", "required"),
        ({"purpose": "anything"}, "/variables/purpose", "invalid_value"),
        ({"purpose": "prompt", "as": "x"}, "/variables/as", "unknown_member"),
        ([{"form": "level"}], "/variables/0/from", "required"),
        ("prompt", "/variables", "invalid_value"),
    ],
)
def test_every_fault_of_either_form_has_its_place(
    native: Api, agent_id: str, variables: Any, pointer: str, code: str
):
    answer = native.call("POST", "/v1/agents", {"name": "Reception", "variables": variables})
    assert answer.status == 400
    found = {each["pointer"]: each["code"] for each in answer.document["errors"]}
    assert (pointer, found.get(pointer)) == (pointer, code) or found[pointer].startswith("list")
