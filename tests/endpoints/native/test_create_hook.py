"""POST /v1/hooks: a URL for a voice platform."""

from typing import Any

import pytest

from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/hooks"


@pytest.fixture
def api(native: Api, fixtures: Fixtures) -> Api:
    """A client of an account with an agent."""
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
