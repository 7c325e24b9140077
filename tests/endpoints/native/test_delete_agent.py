"""DELETE /v1/agents/{agent_id}: delete an agent."""

import pytest

from shared.domain.hooks import Hook
from shared.table.hooks import HookTable
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/agents/agent_1"


def hook_of(agent_id: str) -> Hook:
    return Hook(
        agent_id=agent_id,
        platform="retell",
        hook_id="hook_1",
        token_hash="a-hash",
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def test_an_agent_is_deleted(native: Api, fixtures: Fixtures):
    fixtures.agent()
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document) == (200, {"id": "agent_1", "deleted": True})
    assert native.call("GET", PATH).status == 404
    assert native.call("DELETE", PATH).status == 404


def test_an_agent_with_hooks_is_kept(native: Api, fixtures: Fixtures):
    fixtures.agent()
    fixtures.agent("agent_2")
    fixtures.hooks.add("acme", hook_of("agent_1"))
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert native.call("DELETE", "/v1/agents/agent_2").status == 200


def test_a_condition_compares_the_version(native: Api, fixtures: Fixtures):
    fixtures.agent()
    answer = native.call("DELETE", PATH, headers={"if-match": '"2.0000000000000000"'})
    assert (answer.status, answer.document["code"]) == (412, "precondition_failed")
    assert native.call("GET", PATH).status == 200


@pytest.mark.parametrize("before", [0, 1], ids=["the first", "another"])
def test_an_agent_is_kept_for_a_hook_that_is_made_meanwhile(
    before: int, native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    fixtures.agent()
    body = {"agent": "agent_1", "platform": "retell"}
    for _ in range(before):
        made = native.call("POST", "/v1/hooks", body).document["id"]
        assert native.call("DELETE", f"/v1/hooks/{made}").status == 200
    listed, found = HookTable.list, []

    def list_early(self: HookTable, account_id: str) -> list[Hook]:
        hooks = listed(self, account_id)
        if not found:
            found.append(hook_of("agent_1"))
            fixtures.hooks.add(account_id, found[0])
        return hooks

    monkeypatch.setattr(HookTable, "list", list_early)
    answer = native.call("DELETE", PATH)
    assert fixtures.hooks.list("acme") == found
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert native.call("GET", PATH).status == 200


def test_an_agent_whose_hooks_were_deleted_is_deleted(native: Api, fixtures: Fixtures):
    fixtures.agent()
    body = {"agent": "agent_1", "platform": "retell"}
    made = native.call("POST", "/v1/hooks", body).document["id"]
    assert native.call("PATCH", PATH, {"voice": "v_1"}).status == 200
    assert native.call("DELETE", PATH).status == 409
    native.call("DELETE", f"/v1/hooks/{made}")
    assert native.call("DELETE", PATH).status == 200
