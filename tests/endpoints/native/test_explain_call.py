"""GET /v1/calls/{call_id}/why: where a value of a call comes from."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import PageWrite, VariableChange
from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import VariableType
from shared.domain.sources import Source
from shared.domain.values import BUSINESS, Subject
from shared.services.variables.assignments import make_assignment
from tests.api import Answer, Api
from tests.fixtures import NEVER, Fixtures
from tests.visibility.test_canary import archive

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


@pytest.fixture
def call(native: Api, fixtures: Fixtures) -> str:
    """Return the path of a call with a value of a person, one of the business and a fallback."""
    person = fixtures.key("a-person", source=Source.HUMAN)
    by = Attribution(AT, "native", person.key_id, "a-set", None, Source.HUMAN)
    fixtures.contact(7, phone_numbers=(PhoneNumber(1, "+15550100"),))
    level = fixtures.definition("level")
    hours = fixtures.definition("hours", context_type="business")
    fixtures.definition("city")
    fixtures.variables.save("acme", Subject.contact(7), [make_assignment(level, "Gold")], [], by)
    fixtures.variables.save("acme", BUSINESS, [make_assignment(hours, "9 to 5")], [], by)
    change = VariableChange(level.slot, "level", VariableType.TEXT, None, "Gold")
    for number, each in ((1, by), (2, Attribution(AT + timedelta(hours=1), request_id="later"))):
        write = PageWrite("acme", 7, 0, number, each, (change,))
        fixtures.activity.record("acme", 7, [write], NEVER)
    fixtures.agent("agent_1", "level", "city", "business.hours", deadline_ms=10_000)
    body = {"agent": "agent_1", "contact": {"phone": "+15550100"}, "call_id": "CA1"}
    answer = native.call("POST", "/v1/resolve", body)
    return f"/v1/calls/{answer.document['call']}/why"


def why(native: Api, call: str, variable: str) -> Answer:
    return native.call("GET", call, query={"variable": variable})


def test_a_value_has_its_source_its_request_and_its_key(native: Api, fixtures: Fixtures, call: str):
    answer = why(native, call, "level")
    assert answer.status == 200
    found = answer.document
    assert (found["value"], found["state"], found["from"]) == ("Gold", "set", "level")
    assert (found["source"], found["request_id"]) == ("human", "a-set")
    (person,) = [each for each in fixtures.credentials.list("acme") if each.source is Source.HUMAN]
    assert found["set_by"] == person.key_id
    assert found["answered"]["request_id"] == "a-request"


def test_a_value_of_the_business_has_no_activity(native: Api, call: str):
    found = why(native, call, "hours").document
    assert (found["from"], found["value"]) == ("business.hours", "9 to 5")
    assert (found["source"], found["request_id"]) == ("human", None)


def test_a_variable_without_a_value_says_so(native: Api, call: str):
    found = why(native, call, "city").document
    assert (found["value"], found["state"], found["set_by"]) == (None, "unset", None)


def test_the_request_is_unknown_when_its_activity_is_gone(
    native: Api, fixtures: Fixtures, call: str
):
    fixtures.activity.delete_log("acme", 7, NEVER)
    found = why(native, call, "level").document
    assert (found["source"], found["request_id"]) == ("human", None)
    assert (found["value"], found["state"], found["reason"]) == ("Gold", "set", None)


def test_an_archived_variable_is_left_out(native: Api, fixtures: Fixtures, call: str):
    archive(fixtures, [each for each in fixtures.definitions.list("acme") if each.name == "level"])
    assert why(native, call, "level").status == 404
    shown = native.call("GET", call.removesuffix("/why")).document
    assert shown["variables"] == {"city": None, "hours": "9 to 5"}
    assert "Gold" not in str(shown)


def test_the_request_is_unknown_when_only_older_changes_are_left(
    native: Api, fixtures: Fixtures, call: str
):
    """Activity is recorded after the value is set: an agent may ask in between."""
    (level,) = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    by = Attribution(AT + timedelta(hours=3), "native", "a-key", "not-recorded", None, Source.API)
    fixtures.variables.save("acme", Subject.contact(7), [make_assignment(level, "Silver")], [], by)
    body = {"agent": "agent_1", "contact": {"phone": "+15550100"}, "call_id": "CA2"}
    path = f"/v1/calls/{native.call('POST', '/v1/resolve', body).document['call']}/why"
    found = why(native, path, "level").document
    assert (found["value"], found["source"], found["request_id"]) == ("Silver", "api", None)


def test_a_renamed_variable_is_explained_under_the_declared_name(
    native: Api, fixtures: Fixtures, call: str
):
    (level,) = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    assert (
        native.call("PATCH", f"/v1/definitions/{level.external_id}", {"name": "plan"}).status == 200
    )
    renamed = VariableChange(level.slot, "plan", VariableType.TEXT, "Gold", "Silver")
    later = Attribution(AT + timedelta(hours=2), request_id="later")
    fixtures.activity.record("acme", 7, [PageWrite("acme", 7, 0, 3, later, (renamed,))], NEVER)
    found = why(native, call, "level").document
    assert (found["value"], found["from"], found["request_id"]) == ("Gold", "level", "a-set")


def test_the_request_is_found_behind_one_of_a_slower_clock(
    native: Api, fixtures: Fixtures, call: str
):
    (level,) = [each for each in fixtures.definitions.list("acme") if each.name == "level"]
    change = VariableChange(level.slot, "level", VariableType.TEXT, "Gold", "Gold")
    earlier = Attribution(AT - timedelta(seconds=1), request_id="a-slower-clock")
    fixtures.activity.record("acme", 7, [PageWrite("acme", 7, 0, 3, earlier, (change,))], NEVER)
    assert why(native, call, "level").document["request_id"] == "a-set"


def test_only_declared_variables_are_explained(native: Api, call: str):
    assert why(native, call, "other").status == 404
    answer = native.call("GET", call)
    assert (answer.status, answer.document["errors"][0]["parameter"]) == (400, "variable")
