"""DELETE /v1/agents/{agent_id}: delete an agent."""

from shared.domain.hooks import Hook
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/agents/agent_1"


def test_an_agent_is_deleted(native: Api, fixtures: Fixtures):
    fixtures.agent()
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document) == (200, {"id": "agent_1", "deleted": True})
    assert native.call("GET", PATH).status == 404
    assert native.call("DELETE", PATH).status == 404


def test_an_agent_with_hooks_is_kept(native: Api, fixtures: Fixtures):
    fixtures.agent()
    fixtures.agent("agent_2")
    hook = Hook(
        agent_id="agent_1",
        platform="retell",
        hook_id="hook_1",
        token_hash="a-hash",
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    fixtures.hooks.add("acme", hook)
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert native.call("DELETE", "/v1/agents/agent_2").status == 200


def test_a_condition_compares_the_version(native: Api, fixtures: Fixtures):
    fixtures.agent()
    answer = native.call("DELETE", PATH, headers={"if-match": '"2.0000000000000000"'})
    assert (answer.status, answer.document["code"]) == (412, "precondition_failed")
    assert native.call("GET", PATH).status == 200
