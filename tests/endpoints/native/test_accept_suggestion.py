"""POST /v1/suggestions/{suggestion_id}/accept: set a suggested value."""

import pytest

from tests.api import Answer, Api
from tests.endpoints.native.test_list_suggestions import SET, agent, human, listed, suggest
from tests.fixtures import Fixtures

__all__ = ["agent", "human"]


def accept(api: Api, suggestion_id: str) -> Answer:
    return api.call("POST", f"/v1/suggestions/{suggestion_id}/accept")


def test_the_value_is_set_as_the_key_that_accepts(human: Api, agent: Api):
    evidence = {"call_id": "CA1", "turn": 4, "quote": "I am silver"}
    made = suggest(agent, "Silver", confidence=0.9, evidence=evidence)
    answer = accept(human, made["id"])
    assert (answer.status, answer.document["state"]) == (200, "accepted")
    shown = human.call("GET", f"{SET}/level").document
    assert (shown["value"], shown["source"]) == ("Silver", "human")
    assert shown["set_by"] == answer.document["decided_by"]
    # The person is certain, and the evidence is still what the agent heard.
    assert shown["evidence"] == evidence
    assert "confidence" not in shown


def test_a_suggested_removal_removes(human: Api, agent: Api):
    agent.call("DELETE", f"{SET}/level")
    (made,) = listed(human)
    assert accept(human, made["id"]).status == 200
    assert human.call("GET", f"{SET}/level").status == 404


def test_a_suggested_removal_of_what_is_required_by_now_is_refused(
    human: Api, agent: Api, fixtures: Fixtures
):
    fixtures.key("an-admin-key", permissions=("*",))
    admin = Api("an-admin-key")
    agent.call("DELETE", f"{SET}/level")
    (made,) = listed(human)
    (level,) = (
        each
        for each in admin.call("GET", "/v1/definitions").document["data"]
        if each["name"] == "level"
    )
    path = f"/v1/definitions/{level['id']}"
    assert admin.call("PATCH", path, {"required": True}).status == 200
    answer = accept(human, made["id"])
    assert (answer.status, answer.document["code"]) == (400, "invalid_value")
    assert human.call("GET", f"{SET}/level").document["value"] == "Gold"


def test_a_suggestion_is_decided_once(human: Api, agent: Api):
    made = suggest(agent, "Silver")
    accept(human, made["id"])
    answer = accept(human, made["id"])
    assert (answer.status, answer.document["code"]) == (409, "conflict")


def test_a_weaker_key_may_not_accept(human: Api, agent: Api):
    made = suggest(agent, "Silver")
    answer = accept(agent, made["id"])
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert human.call("GET", f"{SET}/level").document["value"] == "Gold"


@pytest.mark.parametrize("suggestion_id", ["sug_1", "x", "sug_" + "x" * 700])
def test_there_is_no_such_suggestion(human: Api, suggestion_id: str):
    answer = accept(human, suggestion_id)
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert accept(Api("another-key"), "sug_1").status == 403
