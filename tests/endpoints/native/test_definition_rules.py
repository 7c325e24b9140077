"""Rules of definitions over the service's own API: required values, and values that expire."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import Definition
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import Subject
from shared.services.variables.assignments import make_assignment
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
VALUES = "/v1/contacts/contact_123/variables"
OPERATIONS = f"{VALUES}/operations"


def test_a_required_value_is_replaced_and_not_removed(native: Api, fixtures: Fixtures):
    body = {"name": "plan", "type": "list", "required": True}
    assert native.call("POST", PATH, body).document["required"] is True
    assert native.call("PATCH", VALUES, {"plan": ["a"]}).status == 200
    before = fixtures.items()
    remove = {"operations": [{"op": "remove", "variable": "plan", "value": "a"}]}
    for method, path, document in (
        ("DELETE", f"{VALUES}/plan", None),
        ("PATCH", VALUES, {"plan": None}),
        ("POST", OPERATIONS, remove),
        ("PUT", "/api/v1/contacts", {"id": 123, "metadata": {"plan": None}}),
        ("POST", "/api/v1/contacts/123/context", {"variables": {"plan": None}}),
    ):
        answer = native.call(method, path, document)
        assert answer.status == 400, (path, answer.document)
        assert "it is required" in repr(answer.document), (path, answer.document)
    assert fixtures.items() == before
    assert native.call("PATCH", VALUES, {"plan": ["b"]}).status == 200


@pytest.fixture
def code(native: Api, fixtures: Fixtures) -> Definition:
    """Create a variable whose values expire after a minute, with a value two minutes old."""
    made = fixtures.definition(
        "code", default_value="none", expires_after_seconds=60, precedence=DEFAULT_PRECEDENCE
    )
    by = Attribution(datetime.now(UTC) - timedelta(minutes=2), value_source=Source.HUMAN)
    assignment = make_assignment(made, "1234")
    fixtures.variables.save("acme", Subject.contact(123), [assignment], [], by)
    return made


def test_an_expired_value_reads_as_unset(native: Api, code: Definition):
    assert native.call("GET", f"{VALUES}/code").status == 404
    listed = native.call("GET", VALUES, query={"include": "unset"}).document
    assert (listed["variables"], [*listed["unset"]]) == ({}, ["code"])
    assert "1234" not in repr(native.call("GET", "/api/v1/contacts/123").document)
    assert native.call("DELETE", f"{VALUES}/code").status == 404


def test_a_merge_does_not_tell_an_expired_value(native: Api, fixtures: Fixtures, code: Definition):
    fixtures.contact(124)
    native.call("PUT", "/v1/contacts/contact_124/variables/code", {"value": "5678"})
    answer = native.call("POST", "/v1/contacts/contact_124/merge", {"from": "contact_123"})
    assert answer.status == 200, answer.document
    assert "1234" not in repr(answer.document)


def test_an_agent_gets_the_default_instead(native: Api, code: Definition):
    body = {"name": "A", "variables": [{"from": "code"}]}
    agent = native.call("POST", "/v1/agents", body).document["id"]
    wanted = {"agent": agent, "contact": {"id": "contact_123"}}
    found = native.call("POST", "/v1/resolve", wanted).document
    assert (found["variables"], found["states"]["code"]["state"]) == ({"code": "none"}, "default")


def test_a_weaker_source_replaces_an_expired_value(
    native: Api, fixtures: Fixtures, code: Definition
):
    fixtures.key("a-key-of-an-agent", permissions=("*",), source=Source.AI)
    fill = {"operations": [{"op": "fill_if_empty", "variable": "code", "value": "5678"}]}
    answer = native.call("POST", OPERATIONS, fill, key="a-key-of-an-agent")
    assert answer.document["results"]["code"]["outcome"] == "set", answer.document
    assert native.call("GET", f"{VALUES}/code").document["value"] == "5678"


def test_a_longer_time_brings_a_value_back(native: Api, code: Definition):
    native.call("PATCH", f"{PATH}/{code.external_id}", {"expires_after": None})
    assert native.call("GET", f"{VALUES}/code").document["value"] == "1234"


def test_a_definition_that_a_value_created_is_reviewed_by_a_change(native: Api):
    def auto_created() -> list[str]:
        listed = native.call("GET", PATH, query={"auto_created": "true"}).document["data"]
        return [each["name"] for each in listed]

    native.call("PATCH", VALUES, {"made": 1}, query={"mode": "auto_create"})
    native.call("POST", PATH, {"name": "defined", "type": "text"})
    assert auto_created() == ["made"]
    [made] = native.call("GET", PATH, query={"auto_created": "true"}).document["data"]
    reviewed: Any = native.call("PATCH", f"{PATH}/{made['id']}", {"group": "Orders"})
    assert (reviewed.document["auto_created"], auto_created()) == (False, [])


def test_a_text_matches_its_pattern(native: Api, fixtures: Fixtures):
    body = {"name": "order", "type": "text", "pattern": r"[A-Z]{2}-\d+", "default": "AB-1"}
    assert native.call("POST", PATH, body).document["pattern"] == r"[A-Z]{2}-\d+"
    assert native.call("PATCH", VALUES, {"order": "AB-12"}).status == 200
    before = fixtures.items()
    for value in ("ab-12", "AB-12\n", "AB-" + "1" * 2000):
        answer = native.call("PATCH", VALUES, {"order": value})
        assert (answer.status, answer.document["errors"][0]["pointer"]) == (400, "/order")
    context = {"variables": {"order": "ab"}}
    assert native.call("POST", "/api/v1/contacts/123/context", context).status == 400
    assert fixtures.items() == before


def test_a_value_whose_pattern_takes_too_many_steps_is_invalid(native: Api, fixtures: Fixtures):
    body = {"name": "order", "type": "text", "pattern": "(a?){90}a{90}b"}
    assert native.call("POST", PATH, body).status == 201
    before = fixtures.items()
    answer = native.call("PATCH", VALUES, {"order": "a" * 1000})
    [fault] = answer.document["errors"]
    assert (answer.status, fault["pointer"]) == (400, "/order")
    assert "its pattern takes too long to check it" in fault["detail"]
    assert fixtures.items() == before


def test_bad_patterns_are_refused_with_all_faults(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    body = {"name": "a", "type": "text", "pattern": r"(a)\1", "min": "x", "expires_after": 0}
    answer = native.call("POST", PATH, {**body, "required": 1})
    found = {each["pointer"]: each["detail"] for each in answer.document["errors"]}
    assert found.keys() == {"/pattern", "/min", "/expires_after", "/required"}
    assert "not linear" in found["/pattern"]
    for others in ({"default": "b"}, {"type": "number"}):
        answer = native.call("POST", PATH, {"name": "a", "type": "text", "pattern": "a", **others})
        assert answer.status == 400
    assert fixtures.items() == before
