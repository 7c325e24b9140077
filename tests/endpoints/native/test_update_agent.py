"""PATCH /v1/agents/{agent_id}: a merge patch of an agent."""

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/agents/agent_1"


@pytest.fixture
def agents(native: Api, fixtures: Fixtures) -> Api:
    """Return a client whose account has an agent with every member."""
    fixtures.definition("level")
    fixtures.definition("city")
    settings = {"vapi": {"assistantId": "asst_1", "squadId": "sq_1"}, "retell": {"a": 1}}
    fixtures.agent("agent_1", "level", language="en", voice="v_1", settings=settings)
    return native


def patch(api: Api, document: Any, **headers: str) -> Answer:
    return api.call("PATCH", PATH, document, headers=headers)


def test_sent_members_are_changed_and_others_stay(agents: Api):
    answer = patch(agents, {"language": "es", "voice": None})
    assert answer.status == 200
    changed = answer.document
    assert (changed["language"], changed["voice"], changed["name"]) == ("es", None, "Reception")
    assert changed["updated_at"] > changed["created_at"]
    assert answer.headers["etag"].startswith('"2.')
    assert agents.call("GET", PATH).document == changed


def test_variables_of_a_purpose_are_replaced_as_a_whole(agents: Api):
    assert patch(agents, {"variables": {"purpose": "prompt"}}).status == 200
    answer = patch(agents, {"variables": {}})
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == ["/variables/purpose"]


def test_settings_are_merged_and_variables_are_replaced(agents: Api):
    settings = {"vapi": {"squadId": None, "b": 2}, "retell": None}
    changed = patch(agents, {"settings": settings, "variables": [{"from": "city"}]}).document
    assert changed["settings"] == {"vapi": {"assistantId": "asst_1", "b": 2}}
    assert [each["as"] for each in changed["variables"]] == ["city"]


def test_a_patch_without_effect_keeps_the_version(agents: Api):
    assert patch(agents, {"language": "en"}).headers["etag"].startswith('"1.')


def test_a_condition_compares_the_version(agents: Api):
    tag = agents.call("GET", PATH).headers["etag"]
    assert patch(agents, {"voice": "v_2"}, **{"if-match": tag}).status == 200
    answer = patch(agents, {"voice": "v_3"}, **{"if-match": tag})
    assert (answer.status, answer.document["code"]) == (412, "precondition_failed")
    assert answer.headers["etag"] == agents.call("GET", PATH).headers["etag"]


@pytest.mark.parametrize(
    ("document", "status", "pointer"),
    [
        ({"id": "agent_2"}, 400, "/id"),
        ({"name": None}, 400, "/name"),
        ({"deadline_ms": "soon"}, 400, "/deadline_ms"),
        ({"variables": [{"from": "undefined"}]}, 422, "/variables/0/from"),
        ({"first_message": "{{city}}"}, 422, "/first_message"),
    ],
)
def test_a_patch_that_leads_to_no_agent_is_refused(
    agents: Api, document: Any, status: int, pointer: str
):
    answer = patch(agents, document)
    assert answer.status == status
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]


def test_there_is_no_such_agent(agents: Api):
    assert agents.call("PATCH", "/v1/agents/agent_2", {"voice": "v_1"}).status == 404


@pytest.fixture
def with_hidden(agents: Api, fixtures: Fixtures) -> Api:
    """Return a client whose agent also declares a variable that another user sees alone."""
    fixtures.definition("hidden_note", owner="ada")
    fixtures.agent("agent_2", "hidden_note", "level", first_message="{{hidden_note}}")
    return agents


@pytest.mark.parametrize(
    ("document", "declared"),
    [
        ({"voice": "v_2"}, ["hidden_note", "level"]),
        ({"variables": [{"from": "city"}]}, ["city", "hidden_note"]),
        ({"variables": [{"from": "city", "as": "hidden_note"}]}, ["city"]),
    ],
)
def test_what_the_key_does_not_see_stays_declared(
    with_hidden: Api, fixtures: Fixtures, document: Any, declared: list[str]
):
    answer = with_hidden.call("PATCH", "/v1/agents/agent_2", document)
    assert answer.status == 200
    assert [each["from"] for each in answer.document["variables"]] == [
        each for each in declared if each != "hidden_note"
    ]
    stored = fixtures.agents.find("acme", "agent_2")
    assert [each.origin.variable for each in stored.variables] == declared
    assert fixtures.agents.find_compiled("acme", "agent_2").definitions.keys() == {
        each.origin for each in stored.variables
    }


def test_a_hidden_variable_cannot_be_declared_although_it_is(with_hidden: Api):
    document = {"variables": [{"from": "hidden_note"}]}
    answer = with_hidden.call("PATCH", "/v1/agents/agent_2", document)
    assert (answer.status, answer.document["code"]) == (422, "invalid_declaration")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_failed_condition_has_the_tag_that_the_key_sees(with_hidden: Api, method: str):
    path = "/v1/agents/agent_2"
    tag = with_hidden.call("GET", path).headers["etag"]
    headers = {"if-match": '"9.0"'}
    answer = with_hidden.call(method, path, {"voice": "v_2"}, headers=headers)
    assert (answer.status, answer.headers["etag"]) == (412, tag)
