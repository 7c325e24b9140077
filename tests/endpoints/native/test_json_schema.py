"""A JSON Schema of a variable of the type `json`: every API checks values against it."""

from typing import Any

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"
VALUES = "/v1/contacts/contact_123/variables"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["seat"],
    "properties": {"seat": {"enum": ["aisle", "window"]}, "row": {"type": ["integer", "null"]}},
    "additionalProperties": False,
}
DEFINITION: dict[str, Any] = {"name": "preferences", "type": "json", "json_schema": SCHEMA}


@pytest.fixture
def definition(native: Api) -> dict[str, Any]:
    made = native.call("POST", PATH, DEFINITION)
    assert made.status == 201
    return made.document


def pointers(answer: Any) -> list[str]:
    assert answer.status == 400
    return [each["pointer"] for each in answer.document["errors"]]


def test_a_definition_shows_its_schema(native: Api, definition: dict[str, Any]):
    assert definition["json_schema"] == SCHEMA
    found = native.call("GET", f"{PATH}/{definition['id']}").document
    assert found["json_schema"] == SCHEMA


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("PATCH", VALUES, {"preferences": {"seat": "floor"}}, "/preferences/seat"),
        ("PATCH", VALUES, {"preferences": '{"seat": "floor"}'}, "/preferences"),
        ("PUT", f"{VALUES}/preferences", {"value": {"row": 1}}, "/value"),
        (
            "POST",
            "/v1/contacts",
            {"first_name": "A", "variables": {"preferences": {"seat": "aisle", "x": 1}}},
            "/variables/preferences/x",
        ),
    ],
)
def test_a_value_that_does_not_match_is_refused_with_its_place(
    native: Api, definition: dict[str, Any], method: str, path: str, body: Any, pointer: str
):
    assert pointers(native.call(method, path, body)) == [pointer]


def test_an_operation_checks_it(native: Api, definition: dict[str, Any]):
    operation = {"op": "set_once", "variable": "preferences", "value": {"seat": "floor"}}
    answer = native.call("POST", f"{VALUES}/operations", {"operations": [operation]})
    assert pointers(answer) == ["/operations/0/value/seat"]
    assert "at /seat: it must be" in answer.document["detail"]


@pytest.mark.parametrize("value", ['{"a": 1e400}', '["\\ud800"]'])
def test_text_that_is_no_json_for_responses_is_refused(native: Api, value: str):
    """A contact with such a value could not be read at all."""
    assert native.call("POST", PATH, {"name": "preferences", "type": "json"}).status == 201
    assert pointers(native.call("PATCH", VALUES, {"preferences": value})) == ["/preferences"]


def test_another_api_checks_it(native: Api, definition: dict[str, Any]):
    body = {"variables": {"preferences": '{"seat": "floor"}'}}
    answer = native.call("POST", "/api/v1/contacts/123/context", body)
    assert answer.status == 400
    assert "at /seat: it must be" in repr(answer.document)


def test_a_value_that_matches_is_stored(native: Api, definition: dict[str, Any]):
    value = {"seat": "aisle", "row": None}
    assert native.call("PATCH", VALUES, {"preferences": value}).status == 200
    assert native.call("GET", f"{VALUES}/preferences").document["value"] == value


def test_a_default_must_match(native: Api):
    bad = {**DEFINITION, "default": {"seat": "floor"}}
    assert pointers(native.call("POST", PATH, bad)) == ["/default"]
    assert native.call("POST", PATH, {**DEFINITION, "default": {"seat": "aisle"}}).status == 201


def test_every_fault_of_a_schema_is_told_with_its_place(native: Api):
    schema = {"items": {"$ref": "https://example.com/schema.json"}, "pattern": "(?=a)"}
    answer = native.call("POST", PATH, {**DEFINITION, "json_schema": schema})
    assert pointers(answer) == ["/json_schema/items/$ref", "/json_schema/pattern"]


def test_only_json_has_one(native: Api):
    assert pointers(native.call("POST", PATH, {**DEFINITION, "type": "text"})) == ["/json_schema"]


def test_a_patch_replaces_it_as_a_whole(native: Api, definition: dict[str, Any]):
    path = f"{PATH}/{definition['id']}"
    changed = native.call("PATCH", path, {"json_schema": {"const": None}}).document
    assert changed["json_schema"] == {"const": None}
    assert native.call("PATCH", path, {"description": "a"}).document["json_schema"] == {
        "const": None
    }
    assert native.call("PATCH", path, {"json_schema": None}).document["json_schema"] is None
    assert native.call("PATCH", VALUES, {"preferences": {"seat": "floor"}}).status == 200


def test_another_type_needs_it_removed(native: Api, definition: dict[str, Any]):
    path = f"{PATH}/{definition['id']}"
    assert pointers(native.call("PATCH", path, {"type": "text"})) == ["/json_schema"]
    assert native.call("PATCH", path, {"type": "text", "json_schema": None}).status == 200


def test_a_definition_of_another_type_keeps_its_schema_unused(native: Api, fixtures: Fixtures):
    """Another API changes the type alone."""
    fixtures.definition("note", json_schema='{"type":"object"}')
    assert native.call("PATCH", VALUES, {"note": "a text"}).status == 200
