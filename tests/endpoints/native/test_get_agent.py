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
