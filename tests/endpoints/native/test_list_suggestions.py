"""GET /v1/suggestions: writes that a stronger source kept from replacing a value."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from shared.domain.definitions import ContextType, Definition, Tombstone
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/suggestions"
SET = "/v1/contacts/contact_123/variables"
WRITER = ("contacts:read", "contacts:write")


@pytest.fixture
def human(native: Api, fixtures: Fixtures) -> Api:
    """Return a client with the key of a person, who has set variables."""
    fixtures.key("a-human-key", permissions=WRITER, source=Source.HUMAN)
    fixtures.key("an-agent-key", permissions=WRITER, source=Source.AI)
    fixtures.contact(7)
    fixtures.definition("level", precedence=DEFAULT_PRECEDENCE)
    fixtures.definition("visits", "number", precedence=DEFAULT_PRECEDENCE)
    fixtures.definition("motto", context_type="business", precedence=DEFAULT_PRECEDENCE)
    human = Api("a-human-key")
    for path, value in ((f"{SET}/level", "Gold"), (f"{SET}/visits", 3)):
        assert human.call("PUT", path, {"value": value}).status == 200
    assert human.call("PUT", "/v1/business/variables/motto", {"value": "a"}).status == 200
    return human


@pytest.fixture
def agent(human: Api) -> Api:
    """An agent's key, whose source is weaker."""
    assert human
    return Api("an-agent-key")


def suggest(agent: Api, value: Any, variable: str = "level", **members: Any) -> dict[str, Any]:
    answer = agent.call("PUT", f"{SET}/{variable}", {"value": value, **members})
    assert answer.status == 202, answer.document
    return answer.document["suggestion"]


def listed(api: Api, **query: str) -> list[Any]:
    return api.call("GET", PATH, query=query).document["data"]


def test_a_weaker_write_is_shown_as_a_suggestion(human: Api, agent: Api):
    evidence = {"call_id": "CA1", "turn": 4, "quote": "I am silver"}
    made = suggest(agent, "Silver", confidence=0.9, evidence=evidence)
    (shown,) = listed(human)
    assert shown == made
    standing = human.call("GET", f"{SET}/level").document
    assert {name: made[name] for name in ("subject", "subject_id", "variable", "value")} == {
        "subject": "contact",
        "subject_id": "contact_123",
        "variable": "level",
        "value": "Silver",
    }
    assert (made["source"], made["confidence"], made["evidence"]) == ("ai", 0.9, evidence)
    assert (made["state"], made["action"]) == ("pending", "set")
    assert made["standing_version"] == standing["version"]
    assert standing["value"] == "Gold"


def test_a_suggestion_that_is_too_large_for_an_item_is_refused(
    human: Api, agent: Api, fixtures: Fixtures
):
    """Ordinary text of a megabyte fits when it is compressed; this is none."""
    before = fixtures.items()
    answer = agent.call("PUT", f"{SET}/level", {"value": Random(1).randbytes(450_000).hex()})
    assert (answer.status, answer.document["code"]) == (413, "context_too_large")
    assert fixtures.items() == before


def test_suggestions_for_a_name_that_is_another_variables_now_are_hidden(
    human: Api, agent: Api, fixtures: Fixtures
):
    """The values of the deleted variable are, too."""
    suggest(agent, "Silver")
    suggest(agent, 4, "visits")
    level, visits = (
        fixtures.definitions.find_by_names("acme", ContextType.CONTACT, [name])[name]
        for name in ("level", "visits")
    )
    assert isinstance(level, Definition)
    assert isinstance(visits, Definition)
    fixtures.definitions.delete("acme", level)
    fixtures.definitions.rename(
        "acme",
        visits,
        replace(visits, name="level", version=visits.version + 1),
        Tombstone("level", level.slot),
    )
    assert [(each["variable"], each["value"]) for each in listed(human)] == [("level", 4)]


def test_a_removal_is_suggested_too(human: Api, agent: Api):
    answer = agent.call("DELETE", f"{SET}/level")
    assert answer.status == 202
    (shown,) = listed(human)
    assert shown["action"] == "remove"
    assert "value" not in shown
    assert human.call("GET", f"{SET}/level").status == 200


def test_of_a_patch_each_variable_has_its_outcome(human: Api, agent: Api, fixtures: Fixtures):
    fixtures.definition("plan", precedence=DEFAULT_PRECEDENCE)
    headers = {"Idempotency-Key": "key-1"}
    document = {"level": "Silver", "plan": "Pro", "visits": 3}
    answer = agent.call("PATCH", SET, document, headers=headers)
    results = answer.document["results"]
    assert {name: each["outcome"] for name, each in results.items()} == {
        "level": "suggested",
        "plan": "set",
        "visits": "unchanged",
    }
    assert [each["id"] for each in listed(human)] == [results["level"]["suggestion_id"]]
    values = human.call("GET", SET).document["variables"]
    assert {name: each["value"] for name, each in values.items()} == {
        "level": "Gold",
        "plan": "Pro",
        "visits": 3,
    }
    assert {name: each["version"] for name, each in values.items()} == {
        name: each["version"] for name, each in results.items()
    }
    again = agent.call("PATCH", SET, document, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.document == answer.document
    assert len(listed(human)) == 1


def test_an_operation_is_suggested_with_its_result(human: Api, agent: Api):
    document = {"operations": [{"op": "increment", "variable": "visits", "by": 2}]}
    answer = agent.call("POST", f"{SET}/operations", document)
    assert answer.document["results"]["visits"]["outcome"] == "suggested"
    (shown,) = listed(human)
    assert shown["value"] == 5
    assert human.call("GET", f"{SET}/visits").document["value"] == 3


def test_a_value_that_stands_already_is_not_suggested(human: Api, agent: Api):
    answer = agent.call("PUT", f"{SET}/level", {"value": "Gold"})
    assert (answer.status, answer.document["source"]) == (200, "human")
    assert listed(human) == []


def test_a_conditional_write_of_a_weaker_source_is_suggested(human: Api, agent: Api):
    tag = agent.call("GET", f"{SET}/level").headers["etag"]
    answer = agent.call("PUT", f"{SET}/level", {"value": "Silver"}, headers={"If-Match": tag})
    assert answer.status == 202
    whole = agent.call("GET", SET).headers["etag"]
    answer = agent.call("PATCH", SET, {"level": "Bronze"}, headers={"If-Match": whole})
    assert answer.document["results"]["level"]["outcome"] == "suggested"
    assert len(listed(human)) == 2


def test_suggestions_for_one_contact_are_selected(human: Api, agent: Api):
    made = suggest(agent, "Silver")
    agent.call("PUT", "/v1/business/variables/motto", {"value": "b"})
    assert len(listed(human)) == 2
    assert listed(human, contact_id="contact_123") == [made]
    assert listed(human, contact_id="contact_7") == []


@pytest.mark.parametrize("query", [{}, {"contact_id": "contact_123"}])
def test_pages_have_every_suggestion_once(human: Api, agent: Api, query: dict[str, str]):
    made = [suggest(agent, value)["id"] for value in ("a", "b", "c")]
    found: list[str] = []
    query = {**query, "limit": "2"}
    while True:
        document = human.call("GET", PATH, query=query).document
        found += [each["id"] for each in document["data"]]
        if document["next_cursor"] is None:
            break
        query["cursor"] = document["next_cursor"]
    assert sorted(found) == sorted(made)


def test_every_fault_of_the_query_is_reported(human: Api):
    query = {"contact_id": "123", "cursor": "MTp4", "limit": "0"}
    answer = human.call("GET", PATH, query=query)
    assert answer.status == 400
    assert [each["parameter"] for each in answer.document["errors"]] == list(query)


def test_suggestions_for_variables_of_others_are_absent(human: Api, fixtures: Fixtures):
    fixtures.definition("secret", owner="somebody", precedence=DEFAULT_PRECEDENCE)
    fixtures.key("their-key", permissions=WRITER, source=Source.HUMAN, user="somebody")
    fixtures.key("their-agent", permissions=WRITER, source=Source.AI, user="somebody")
    Api("their-key").call("PUT", f"{SET}/secret", {"value": "a"})
    suggest(Api("their-agent"), "b", "secret")
    assert listed(human) == []
    assert len(listed(Api("their-key"))) == 1


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:write",))
    assert Api("another-key").call("GET", PATH).status == 403
