"""POST /v1/agents: declare what an AI agent reads."""

import json
from typing import Any

import pytest

from shared.services.agents import administration
from tests.api import Answer, Api
from tests.fixtures import Fixtures

PATH = "/v1/agents"


@pytest.fixture
def agents(native: Api, fixtures: Fixtures) -> Api:
    """Return a client whose account has two variables of contacts and one of the business."""
    fixtures.definition("level")
    fixtures.definition("first_name")
    fixtures.definition("support_hours", context_type="business")
    fixtures.definition("secret_note", owner="somebody")
    return native


def create(api: Api, **members: Any) -> Answer:
    return api.call("POST", PATH, {"name": "Reception", **members})


def faults(answer: Answer) -> dict[str, str]:
    assert answer.status in (400, 422), answer.document
    return {each["pointer"]: each["code"] for each in answer.document["errors"]}


def test_an_agent_is_created_with_what_it_declares(agents: Api):
    answer = create(
        agents,
        variables=[
            {"as": "plan", "from": "level", "fallback": "a member"},
            {"from": "business.support_hours"},
        ],
        language="es-MX",
        first_message="Hola {{ plan }}",
        voice="v_1",
        settings={"vapi": {"assistantId": "asst_1"}},
        deadline_ms=800,
    )
    assert answer.status == 201
    assert answer.headers["etag"].startswith('"1.')
    made = answer.document
    assert made["variables"] == [
        {"as": "plan", "from": "level", "fallback": "a member"},
        {"as": "support_hours", "from": "business.support_hours", "fallback": None},
    ]
    assert (made["language"], made["voice"], made["deadline_ms"]) == ("es-MX", "v_1", 800)
    assert made["settings"] == {"vapi": {"assistantId": "asst_1"}}
    assert agents.call("GET", f"{PATH}/{made['id']}").document == made


def test_what_is_not_sent_has_defaults(agents: Api):
    made = create(agents).document
    assert (made["variables"], made["settings"], made["deadline_ms"]) == ([], {}, 1200)
    assert (made["language"], made["first_message"], made["voice"]) == (None, None, None)


def test_every_fault_of_a_declaration_is_told_at_once(agents: Api):
    answer = create(
        agents,
        variables=[
            {"as": "date", "from": "level"},
            {"as": "system__x", "from": "level"},
            {"as": "plan", "from": "level"},
            {"as": "plan", "from": "first_name"},
            {"as": "other", "from": "undefined"},
            {"as": "hours", "from": "business.level"},
            {"as": "ä", "from": "level"},
        ],
        first_message="{{plan}} {{nobody}}",
    )
    assert (answer.status, answer.document["code"]) == (422, "invalid_declaration")
    assert faults(answer) == {
        "/variables/0/as": "invalid_value",
        "/variables/1/as": "invalid_value",
        "/variables/3/as": "invalid_value",
        "/variables/4/from": "undefined_variable",
        "/variables/5/from": "undefined_variable",
        "/variables/6/as": "invalid_value",
        "/first_message": "invalid_value",
    }


def test_a_variable_that_the_key_does_not_see_is_undefined(agents: Api):
    answer = create(agents, variables=[{"from": "secret_note"}])
    assert faults(answer) == {"/variables/0/from": "undefined_variable"}
    assert answer.document["errors"][0]["detail"] == "there is no variable 'secret_note'"


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"language": "not a tag"}, "/language"),
        ({"deadline_ms": 99}, "/deadline_ms"),
        ({"deadline_ms": 10_001}, "/deadline_ms"),
        ({"settings": {"vapi": 1}}, "/settings/vapi"),
        ({"settings": {"vapi": {"a": "x" * 9000}}}, "/settings"),
        ({"variables": [{"from": "no name"}]}, "/variables/0/from"),
        ({"variables": [{"as": "a"}]}, "/variables/0/from"),
        ({"voices": "v_1"}, "/voices"),
    ],
)
def test_a_body_that_is_no_agent_is_refused(agents: Api, members: dict[str, Any], pointer: str):
    answer = create(agents, **members)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert pointer in faults(answer)


def test_it_needs_a_permission(agents: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("agents:read",))
    assert agents.call("POST", PATH, {"name": "a"}, key="another-key").status == 403


def test_an_agent_that_is_larger_than_an_item_is_refused(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    variables = [{"from": "level", "as": f"v_{n}", "fallback": "é" * 500} for n in range(500)]
    body = json.dumps({"name": "Reception", "variables": variables}, ensure_ascii=False).encode()
    answer = native.call("POST", "/v1/agents", body=body)
    assert (answer.status, answer.document["code"]) == (413, "context_too_large")


def test_an_account_has_a_limit_of_agents(
    agents: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(administration, "MAX_AGENTS", 2)
    fixtures.agent("agent_of_another", account="globex")
    assert [create(agents).status for _ in range(3)] == [201, 201, 409]
    answer = create(agents)
    assert answer.document["code"] == "limit_reached"
    assert "at most 2 agents" in answer.document["detail"]
