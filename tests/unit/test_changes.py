"""Changes of a document, with the breaking ones: one case for each possible change."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from openapi_documents.changes import changes_between

PLACE = "POST /things/{id}"


def document() -> dict[str, Any]:
    thing = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["a", "b"]},
            "size": {"type": ["number", "null"], "minimum": 0},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
            "extra": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
            "way": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]},
        },
        "required": ["name", "kind"],
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    return {
        "paths": {
            "/things/{id}": {
                "post": {
                    "operationId": "makeThing",
                    "summary": "Make a thing",
                    "x-permissions": ["read", "write"],
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "integer"},
                        },
                        {
                            "name": "color",
                            "in": "query",
                            "required": False,
                            "schema": {"type": "string"},
                        },
                    ],
                    "requestBody": {"required": True, "content": copy.deepcopy(content)},
                    "responses": {
                        "200": {"description": "Made", "content": content},
                        "404": {"$ref": "#/components/responses/NotFound"},
                    },
                    "security": [{"bearer": []}, {"header": []}],
                }
            }
        },
        "components": {
            "schemas": {"Thing": thing, "Other": {"type": "object"}},
            "responses": {"NotFound": {"description": "There is none"}},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
        },
    }


def operation(made: dict[str, Any]) -> dict[str, Any]:
    return made["paths"]["/things/{id}"]["post"]


def asked(made: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the request body. The response keeps the earlier schema."""
    thing = copy.deepcopy(made["components"]["schemas"]["Thing"])
    made["components"]["schemas"]["Asked"] = thing
    operation(made)["requestBody"]["content"]["application/json"] = {
        "schema": {"$ref": "#/components/schemas/Asked"}
    }
    return thing


def responded(made: dict[str, Any]) -> dict[str, Any]:
    """The schema of the answer alone."""
    thing = copy.deepcopy(made["components"]["schemas"]["Thing"])
    made["components"]["schemas"]["Answered"] = thing
    operation(made)["responses"]["200"]["content"] = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Answered"}}
    }
    return thing


def parameter(name: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


BREAKING: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a path that is gone": (lambda made: made["paths"].clear(), "is gone"),
    "another name": (
        lambda made: operation(made).update(operationId="other"),
        "is called other",
    ),
    "a place of the key that is gone": (
        lambda made: operation(made)["security"].pop(),
        "accepts no key from header",
    ),
    "another place of the key": (
        lambda made: made["components"]["securitySchemes"]["header"].update(name="X-Other"),
        "accepts no key from header",
    ),
    "a permission that is not enough any more": (
        lambda made: operation(made)["x-permissions"].remove("read"),
        "needs a permission: write",
    ),
    "a new parameter that is required": (
        lambda made: operation(made)["parameters"].append(parameter("size", required=True)),
        "needs the parameter size in query",
    ),
    "a parameter that becomes required": (
        lambda made: operation(made)["parameters"][1].update(required=True),
        "needs the parameter color in query",
    ),
    "a parameter that is gone": (
        lambda made: operation(made)["parameters"].pop(),
        "ignores the parameter color in query",
    ),
    "a parameter that takes less": (
        lambda made: operation(made)["parameters"][1].update(schema={"enum": ["red"]}),
        "color in query is one of ['red']",
    ),
    "a body that is gone": (
        lambda made: operation(made).pop("requestBody"),
        "ignores a body",
    ),
    "a body of another type": (
        lambda made: operation(made)["requestBody"].update(content={"text/plain": {"schema": {}}}),
        "accepts no body of application/json",
    ),
    "a member that becomes required": (
        lambda made: asked(made)["required"].append("size"),
        "body needs size",
    ),
    "a member that is not looked at any more": (
        lambda made: asked(made)["properties"].pop("size"),
        "ignores body.size",
    ),
    "a member of another type": (
        lambda made: asked(made)["properties"].update(size={"type": "string"}),
        "body.size is no integer or null or number",
    ),
    "a member that cannot be null any more": (
        lambda made: asked(made)["properties"]["size"].update(type="number"),
        "body.size is no null",
    ),
    "a member of integers that took any number": (
        lambda made: asked(made)["properties"]["size"].update(type=["integer", "null"]),
        "body.size is no number",
    ),
    "a choice that is gone": (
        lambda made: asked(made)["properties"]["kind"].update(enum=["a", "c"]),
        "body.kind is none of ['b']",
    ),
    "a constant": (
        lambda made: asked(made)["properties"]["kind"].update(const="a"),
        "body.kind is none of ['b']",
    ),
    "a text that may not be as long": (
        lambda made: asked(made)["properties"]["name"].update(maxLength=9),
        "body.name has the maxLength 9",
    ),
    "a number that may not be as small": (
        lambda made: asked(made)["properties"]["size"].update(minimum=1),
        "body.size has the minimum 1",
    ),
    "a pattern": (
        lambda made: asked(made)["properties"]["name"].update(pattern="^a"),
        "body.name has the pattern ^a",
    ),
    "values that took more": (
        lambda made: asked(made)["properties"]["extra"]["additionalProperties"].update(
            type="string"
        ),
        "body.extra.* is no integer or number",
    ),
    "no other members": (
        lambda made: asked(made).update(additionalProperties=False),
        "body.* is not accepted",
    ),
    "a form that is gone": (
        lambda made: asked(made)["properties"]["way"]["anyOf"].pop(),
        "body.way rejects an alternative",
    ),
    "forms where any was": (
        lambda made: asked(made)["properties"]["name"].update(anyOf=[{"pattern": "^a"}]),
        "body.name rejects an alternative",
    ),
    "an answer that is gone": (
        lambda made: operation(made).update(responses={"201": operation(made)["responses"]["200"]}),
        "no longer responds with 200",
    ),
    "an answer of another type": (
        lambda made: operation(made)["responses"]["200"].update(content={}),
        "no longer responds with 200 as application/json",
    ),
    "a member of the answer that is gone": (
        lambda made: responded(made)["properties"].pop("size"),
        "lacks the response 200.size",
    ),
    "a member of the answer that may be missing": (
        lambda made: responded(made)["required"].remove("name"),
        "is less strict: the response 200 needs name",
    ),
    "a member of the answer that may be null": (
        lambda made: responded(made)["properties"]["name"].update(type=["string", "null"]),
        "is less strict: the response 200.name is no null",
    ),
    "a new choice in the answer": (
        lambda made: responded(made)["properties"]["kind"]["enum"].append("c"),
        "is less strict: the response 200.kind is none of ['c']",
    ),
    "a longer text in the answer": (
        lambda made: responded(made)["properties"]["name"].update(maxLength=11),
        "is less strict: the response 200.name has the maxLength 10",
    ),
}

OTHER: dict[str, Callable[[dict[str, Any]], Any]] = {
    "words": lambda made: operation(made).update(summary="Other words"),
    "words of a shared answer": lambda made: made["components"]["responses"]["NotFound"].update(
        description="Other words"
    ),
    "words of a key": lambda made: made["components"]["securitySchemes"]["header"].update(
        description="Other words"
    ),
    "words of the document": lambda made: made.update(info={"description": "Other words"}),
    "a new path": lambda made: made["paths"].update({"/other": {"get": operation(made)}}),
    "another place of the key beside": lambda made: operation(made)["security"].append({}),
    "another permission that is enough": lambda made: operation(made)["x-permissions"].append("x"),
    "no permission": lambda made: operation(made).pop("x-permissions"),
    "a new parameter": lambda made: operation(made)["parameters"].append(
        parameter("size", required=False)
    ),
    "a parameter that takes more": lambda made: operation(made)["parameters"][0].update(
        schema={"type": "number"}
    ),
    "a body that may be missing": lambda made: operation(made)["requestBody"].update(
        required=False
    ),
    "a new member": lambda made: asked(made)["properties"].update(weight={"type": "number"}),
    "a member that may be missing": lambda made: asked(made)["required"].remove("kind"),
    "a choice more": lambda made: asked(made)["properties"]["kind"]["enum"].append("c"),
    "a longer text": lambda made: asked(made)["properties"]["name"].update(maxLength=11),
    "a form more": lambda made: asked(made)["properties"]["way"]["anyOf"].append({"type": "null"}),
    "a new answer": lambda made: operation(made)["responses"].update({"409": {}}),
    "an error less": lambda made: operation(made)["responses"].pop("404"),
    "a new member of the answer": lambda made: responded(made)["properties"].update(
        weight={"type": "number"}
    ),
    "a member that the answer always has": lambda made: responded(made)["required"].append("size"),
    "a shorter text in the answer": lambda made: responded(made)["properties"]["name"].update(
        maxLength=9
    ),
}


def test_nothing_has_changed():
    assert changes_between(document(), document()) == []


def test_the_same_under_another_name_is_no_breaking_change():
    after = document()
    asked(after)
    responded(after)
    assert not [change for change in changes_between(document(), after) if change.breaking]


def test_a_body_that_becomes_required_is_breaking():
    before = document()
    operation(before)["requestBody"].update(required=False)
    assert f"breaking: {PLACE}: needs a body" in map(str, changes_between(before, document()))


def test_an_operation_without_a_body_is_compared_too():
    before, after = document(), document()
    operation(before).pop("requestBody")
    operation(after).pop("requestBody")
    operation(after)["parameters"].pop()
    found = changes_between(before, after)
    assert [str(each) for each in found] == [
        f"breaking: {PLACE}: ignores the parameter color in query"
    ]


@pytest.mark.parametrize(("change", "what"), BREAKING.values(), ids=BREAKING.keys())
def test_a_breaking_change_is_named(change: Callable[[dict[str, Any]], Any], what: str):
    after = document()
    change(after)
    found = changes_between(document(), after)
    assert f"breaking: {PLACE}: {what}" in map(str, found)


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER.keys())
def test_any_other_change_is_named_and_breaks_nothing(change: Callable[[dict[str, Any]], Any]):
    after = document()
    change(after)
    found = changes_between(document(), after)
    assert found
    assert not [each for each in found if each.breaking]
