"""POST /v1/suggestions/{suggestion_id}/reject: mark a suggestion as rejected."""

from tests.api import Answer, Api
from tests.endpoints.native.test_list_suggestions import SET, agent, human, listed, suggest
from tests.fixtures import Fixtures

__all__ = ["agent", "human"]


def reject(api: Api, suggestion_id: str) -> Answer:
    return api.call("POST", f"/v1/suggestions/{suggestion_id}/reject")


def test_the_value_stays(human: Api, agent: Api):
    made = suggest(agent, "Silver")
    answer = reject(human, made["id"])
    assert (answer.status, answer.document["state"]) == (200, "rejected")
    assert human.call("GET", f"{SET}/level").document["value"] == "Gold"
    assert [each["state"] for each in listed(human)] == ["rejected"]


def test_a_suggestion_is_decided_once(human: Api, agent: Api):
    made = suggest(agent, "Silver")
    reject(human, made["id"])
    assert reject(human, made["id"]).status == 409


def test_there_is_no_such_suggestion(human: Api):
    assert reject(human, "sug_1").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert reject(Api("another-key"), "sug_1").status == 403
