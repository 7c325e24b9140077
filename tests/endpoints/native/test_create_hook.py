"""POST /v1/hooks: a URL for a voice platform."""

from typing import Any

import pytest

from shared.domain.errors import WriteConflict
from shared.domain.hooks import Hook
from shared.services.agents import hooks as hook_cases
from shared.table.hooks import HookTable
from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/hooks"


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """Return a client of an account with an agent."""
    fixtures.definition("level")
    fixtures.agent("agent_1", "level", deadline_ms=10_000)
    return native


def create(api: Api, **members: Any) -> Answer:
    return api.call("POST", PATH, {"agent": "agent_1", "platform": "retell", **members})


def test_a_hook_is_created_with_a_path_that_works(api: Api, fixtures: Fixtures):
    answer = create(api)
    assert answer.status == 201
    made = answer.document
    assert (made["agent"], made["platform"], made["has_secret"]) == ("agent_1", "retell", False)
    assert api.call("POST", made["path"], {"call_inbound": {}}, key=None).status == 200
    shown = api.call("GET", f"{PATH}/{made['id']}").document
    assert shown == {name: value for name, value in made.items() if name != "path"}


def test_neither_token_nor_secret_is_stored_or_shown(api: Api, fixtures: Fixtures):
    made = create(api, secret="a-secret-of-the-platform").document
    token = made["path"].removeprefix("/h/")
    assert made["has_secret"]
    assert token not in str(fixtures.items())
    for path in (PATH, f"{PATH}/{made['id']}"):
        shown = str(api.call("GET", path).document)
        assert "a-secret-of-the-platform" not in shown
        assert token not in shown


def test_the_settings_of_its_signatures_are_kept(api: Api, fixtures: Fixtures):
    settings = {"vapi": {"assistant_id": "an-assistant"}}
    fixtures.agent("agent_2", "level", settings=settings)
    signature = {"algorithm": "hmac-sha256", "header": "X-Signature"}
    made = create(api, agent="agent_2", platform="vapi", secret="a", signature=signature).document
    assert made["signature"] == signature
    assert api.call("GET", f"{PATH}/{made['id']}").document["signature"] == signature


def test_two_hooks_have_two_tokens(api: Api):
    assert create(api).document["path"] != create(api).document["path"]


@pytest.mark.parametrize(
    ("members", "status", "pointer"),
    [
        ({"platform": "nobody"}, 422, "/platform"),
        ({"platform": "elevenlabs", "secret": "a", "signature": {"x": 1}}, 422, "/signature/x"),
        ({"platform": "vapi"}, 422, "/agent"),
        ({"secret": ""}, 400, "/secret"),
        ({"url": "https://example.com"}, 400, "/url"),
    ],
)
def test_what_no_hook_can_have_is_refused(
    api: Api, members: dict[str, Any], status: int, pointer: str
):
    answer = create(api, **members)
    assert answer.status == status
    assert pointer in [each["pointer"] for each in answer.document["errors"]]


def test_there_is_no_such_agent(api: Api):
    assert create(api, agent="agent_2").status == 404


def test_it_needs_a_permission(api: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("agents:read", "contacts:write"))
    body = {"agent": "agent_1", "platform": "retell"}
    assert api.call("POST", PATH, body, key="another-key").status == 403


def test_an_account_has_a_limit_of_hooks(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hook_cases, "MAX_HOOKS", 2)
    fixtures.hook("hook_of_another", account="globex")
    assert [create(api).status for _ in range(3)] == [201, 201, 409]
    answer = create(api)
    assert answer.document["code"] == "limit_reached"
    assert "at most 2 hooks" in answer.document["detail"]


def test_no_hook_is_made_for_an_agent_that_is_deleted_meanwhile(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    add = HookTable.add

    def add_late(self: HookTable, account_id: str, hook: Hook) -> None:
        if (agent := fixtures.agents.find(account_id, hook.agent_id)) is not None:
            fixtures.agents.delete(account_id, agent)
        add(self, account_id, hook)

    monkeypatch.setattr(HookTable, "add", add_late)
    assert create(api).status == 404
    assert fixtures.hooks.list("acme") == []


def test_a_hook_is_made_although_its_agent_changes_meanwhile(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    add, failed = HookTable.add, []

    def add_late(self: HookTable, account_id: str, hook: Hook) -> None:
        if not failed:
            failed.append(hook)
            raise WriteConflict
        add(self, account_id, hook)

    monkeypatch.setattr(HookTable, "add", add_late)
    assert create(api).status == 201
    (made,) = fixtures.hooks.list("acme")
    agent = fixtures.agents.find("acme", "agent_1")
    assert agent is not None
    assert (agent.version, agent.newest_hook) == (1, made.hook_id)


def test_a_platform_that_signs_nothing_takes_no_secret(api: Api, fixtures: Fixtures):
    answer = create(api, platform="vogent", secret="key_test_0123456789")
    (fault,) = answer.document["errors"]
    assert (answer.status, fault["pointer"]) == (422, "/secret")
    assert fault["detail"].endswith("signs nothing")
    assert fixtures.hooks.list("acme") == []
