"""GET /v1/agents/{agent_id}: an agent."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures


def test_an_agent_is_shown_with_its_tag(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.agent("agent_1", "level")
    answer = native.call("GET", "/v1/agents/agent_1")
    assert answer.status == 200
    assert answer.headers["etag"].startswith('"1.')
    assert answer.document["variables"] == [{"as": "level", "from": "level", "fallback": None}]


@pytest.mark.parametrize("agent_id", ["agent_2", "agent_9", "x"])
def test_there_is_no_such_agent(native: Api, fixtures: Fixtures, agent_id: str):
    fixtures.agent("agent_9", account="globex")
    answer = native.call("GET", f"/v1/agents/{agent_id}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_variable_that_the_key_does_not_see_is_left_out(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.definition("secret_note", owner="ann")
    fixtures.agent("agent_1", "level", "secret_note")
    fixtures.key("a-key-of-ann", permissions=("agents:read",), user="ann")

    def names(key: str) -> list[list[str]]:
        one = native.call("GET", "/v1/agents/agent_1", key=key).document
        (listed,) = native.call("GET", "/v1/agents", key=key).document["data"]
        return [[each["as"] for each in agent["variables"]] for agent in (one, listed)]

    assert names(str(native.key)) == [["level"], ["level"]]
    assert names("a-key-of-ann") == [["level", "secret_note"]] * 2
