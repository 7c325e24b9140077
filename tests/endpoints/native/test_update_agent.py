"""PATCH /v1/agents/{agent_id}: a merge patch of an agent."""

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/agents/agent_1"


@pytest.fixture
def agents(native: Api, fixtures: Fixtures) -> Api:
    """A client whose account has an agent with every member."""
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
