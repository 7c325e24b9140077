"""GET /v1/agents: the agents of the account, oldest first."""

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/agents"


def test_agents_are_listed_by_pages(native: Api, fixtures: Fixtures):
    for number in range(1, 4):
        fixtures.agent(f"agent_{number}", name=f"Number {number}")
    fixtures.agent("agent_9", account="globex")
    first = native.call("GET", PATH, query={"limit": "2"}).document
    assert [each["id"] for each in first["data"]] == ["agent_1", "agent_2"]
    rest = native.call("GET", PATH, query={"limit": "2", "cursor": first["next_cursor"]}).document
    assert [each["name"] for each in rest["data"]] == ["Number 3"]
    assert rest["next_cursor"] is None


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("agents:write",))
    assert native.call("GET", PATH, key="another-key").status == 403
