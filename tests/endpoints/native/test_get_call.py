"""GET /v1/calls/{call_id}: the answer that a call got first."""

from dataclasses import replace

import pytest

from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType
from shared.domain.disclosure import Sensitivity
from tests.api import Api
from tests.fixtures import Fixtures

PHONE = "+15550100"


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with a known caller and an agent."""
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, PHONE),))
    fixtures.value(fixtures.definition("level"), "Gold", 7)
    fixtures.definition("city")
    fixtures.agent(
        "agent_1", "level", "city", first_message="You are {{level}}", deadline_ms=10_000
    )
    return native


def begin(api: Api) -> str:
    body = {"agent": "agent_1", "contact": {"phone": PHONE}, "call_id": "CA1", "assurance": "otp"}
    call_id: str = api.call("POST", "/v1/resolve", body).document["call"]
    return call_id


def test_a_call_is_shown_as_it_was_answered(api: Api):
    call_id = begin(api)
    api.call("PUT", "/v1/contacts/contact_7/variables/level", {"value": "Silver"})
    answer = api.call("GET", f"/v1/calls/{call_id}")
    assert answer.status == 200
    found = answer.document
    assert (found["id"], found["agent"], found["assurance"]) == (call_id, "agent_1", "otp")
    assert found["variables"] == {"level": "Gold", "city": None}
    assert found["states"]["city"] == {"state": "unset"}
    assert found["contact"]["id"] == "contact_7"
    assert found["first_message"] == "You are Gold"
    assert (found["request_id"], found["has_values"]) == ("a-request", True)


def test_a_variable_that_is_hidden_now_is_left_out(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    found = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["level"])
    before = found["level"]
    after = replace(before, owner="somebody", version=before.version + 1)
    fixtures.definitions.replace("acme", before, after)
    shown = api.call("GET", f"/v1/calls/{call_id}").document
    assert shown["variables"] == {"city": None}
    assert shown["first_message"] is None
    assert "Gold" not in str(shown)


def test_a_new_variable_of_the_name_does_not_show_the_value_of_a_former_one(
    api: Api, fixtures: Fixtures
):
    fixtures.value(fixtures.definition("diagnosis", sensitivity=Sensitivity.SENSITIVE), "flu", 7)
    fixtures.agent("agent_2", "diagnosis", "city", deadline_ms=10_000)
    body = {"agent": "agent_2", "contact": {"phone": PHONE}, "call_id": "CA1"}
    first = api.call("POST", "/v1/resolve", body).document
    assert first["variables"] == {"diagnosis": "flu", "city": None}
    fixtures.key("a-key-without-clearance", permissions=("*",), sensitivity=Sensitivity.PERSONAL)
    reader = Api("a-key-without-clearance")
    [before] = [each for each in fixtures.definitions.list("acme") if each.name == "diagnosis"]
    assert reader.call("DELETE", f"/v1/definitions/{before.external_id}").status == 200
    made = reader.call("POST", "/v1/definitions", {"name": "diagnosis", "type": "text"})
    assert made.status == 201
    shown = reader.call("GET", f"/v1/calls/{first['call']}").document
    again = reader.call("POST", "/v1/resolve", body).document
    assert again["variables"] == {"diagnosis": None, "city": None}
    assert "flu" not in f"{shown} {again}"


def rename(api: Api, fixtures: Fixtures, name: str, to: str) -> None:
    [found] = [each for each in fixtures.definitions.list("acme") if each.name == name]
    renamed = api.call("PATCH", f"/v1/definitions/{found.external_id}", {"name": to})
    assert renamed.status == 200, renamed.document


@pytest.mark.parametrize("names", [["plan"], ["plan", "tier"], ["plan", "level"]])
def test_a_renamed_variable_stays_in_the_answer(api: Api, fixtures: Fixtures, names: list[str]):
    call_id = begin(api)
    for before, after in zip(["level", *names], names, strict=False):
        rename(api, fixtures, before, after)
    shown = api.call("GET", f"/v1/calls/{call_id}").document
    assert shown["variables"] == {"level": "Gold", "city": None}
    assert shown["first_message"] == "You are Gold"


def test_a_renamed_variable_stays_in_the_answer_that_a_retry_gets(api: Api, fixtures: Fixtures):
    begin(api)
    rename(api, fixtures, "level", "plan")
    body = {"agent": "agent_1", "contact": {"phone": PHONE}, "call_id": "CA1", "assurance": "otp"}
    assert api.call("POST", "/v1/resolve", body).document["variables"]["level"] == "Gold"


def test_a_renamed_variable_that_is_hidden_now_is_left_out(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    rename(api, fixtures, "level", "plan")
    [before] = [each for each in fixtures.definitions.list("acme") if each.name == "plan"]
    after = replace(before, owner="somebody", version=before.version + 1)
    fixtures.definitions.replace("acme", before, after)
    fixtures.definition("level")
    shown = api.call("GET", f"/v1/calls/{call_id}").document
    body = {"agent": "agent_1", "contact": {"phone": PHONE}, "call_id": "CA1", "assurance": "otp"}
    again = api.call("POST", "/v1/resolve", body).document
    assert shown["variables"] == {"city": None}
    assert "Gold" not in f"{shown} {again}"


def test_a_value_whose_name_another_variable_took_is_left_out(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    [level] = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    assert api.call("DELETE", f"/v1/definitions/{level.external_id}").status == 200
    rename(api, fixtures, "city", "level")
    shown = api.call("GET", f"/v1/calls/{call_id}").document
    assert "Gold" not in str(shown)


def test_the_call_of_a_deleted_contact_is_gone(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
    assert api.call("GET", f"/v1/calls/{call_id}").status == 404


def test_a_call_of_another_account_is_not_found(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    fixtures.key("native_globex", account="globex", permissions=("*",))
    for path in (f"/v1/calls/{call_id}", f"/v1/calls/{call_id}/why?variable=level"):
        found, _, query = path.partition("?")
        answer = api.call(
            "GET", found, query={"variable": "level"} if query else None, key="native_globex"
        )
        assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_call_that_has_expired_is_not_found(api: Api, fixtures: Fixtures):
    call_id = begin(api)
    (item,) = [each for each in fixtures.items() if each["entity"]["S"] == "call"]
    fixtures.client.put_item(TableName=fixtures.table_name, Item={**item, "ends_at": {"N": "1"}})
    assert api.call("GET", f"/v1/calls/{call_id}").status == 404
