"""POST /api/v1/context-variables/create, as Klen AI documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/context-variables/create"
DOCUMENTED = {
    "name": "loyalty_tier",
    "display_name": "Loyalty Tier",
    "description": "Customer's membership tier",
    "variable_type": "select",
    "context_type": "contact",
    "select_options": ["Bronze", "Silver", "Gold", "Platinum"],
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_gets_the_documented_answer(path: str, api: Api):
    answer = api.call("POST", path, DOCUMENTED)
    assert (answer.status, answer.document) == (
        201,
        {
            "id": 4,
            "name": "loyalty_tier",
            "display_name": "Loyalty Tier",
            "message": "Variable definition created successfully",
        },
    )
    listed = api.call("GET", "/api/v1/context-variables").document["variables"]
    assert listed[-1] == {"id": 4, **DOCUMENTED, "is_default": False}


def test_options_of_another_type_than_select_are_left_out(api: Api):
    api.call("POST", PATH, {**DOCUMENTED, "variable_type": "text"})
    listed = api.call("GET", "/api/v1/context-variables").document["variables"]
    assert listed[-1]["select_options"] is None


def without(*names: str) -> dict:
    return {name: value for name, value in DOCUMENTED.items() if name not in names}


ERRORS = {
    "missing_parameter: name": ("missing_parameter", without("name")),
    "missing_parameter: display_name": ("missing_parameter", without("display_name")),
    "missing_parameter: variable_type": ("missing_parameter", without("variable_type")),
    "missing_parameter: context_type": ("missing_parameter", without("context_type")),
    "missing_parameter: all": ("missing_parameter", {}),
    "missing_parameter: select_options": ("missing_parameter", without("select_options")),
    "missing_parameter: no options": ("missing_parameter", {**DOCUMENTED, "select_options": []}),
    "duplicate_variable": ("duplicate_variable", {**DOCUMENTED, "name": "membership_level"}),
    "invalid_json": ("invalid_json", ["name"]),
    "validation_error: name is a number": ("validation_error", {**DOCUMENTED, "name": 1}),
    "validation_error: name is empty": ("validation_error", {**DOCUMENTED, "name": ""}),
    "validation_error: name has a space": ("validation_error", {**DOCUMENTED, "name": "a b"}),
    "validation_error: name forges a key": ("validation_error", {**DOCUMENTED, "name": "a#b"}),
    "validation_error: name ends in a newline": (
        "validation_error",
        {**DOCUMENTED, "name": "a\n"},
    ),
    "validation_error: name is too long": (
        "validation_error",
        {**DOCUMENTED, "name": "a" * 101},
    ),
    "validation_error: display_name is empty": (
        "validation_error",
        {**DOCUMENTED, "display_name": ""},
    ),
    "validation_error: display_name is null": (
        "validation_error",
        {**DOCUMENTED, "display_name": None},
    ),
    "validation_error: description is too long": (
        "validation_error",
        {**DOCUMENTED, "description": "x" * 1001},
    ),
    "validation_error: unknown type": (
        "validation_error",
        {**DOCUMENTED, "variable_type": "object"},
    ),
    "validation_error: unknown context": (
        "validation_error",
        {**DOCUMENTED, "context_type": "conversation"},
    ),
    "validation_error: options are a string": (
        "validation_error",
        {**DOCUMENTED, "select_options": "Bronze"},
    ),
    "validation_error: an option is a number": (
        "validation_error",
        {**DOCUMENTED, "select_options": [1]},
    ),
    "validation_error: an option is empty": (
        "validation_error",
        {**DOCUMENTED, "select_options": [""]},
    ),
    "validation_error: an option twice": (
        "validation_error",
        {**DOCUMENTED, "select_options": ["a", "a"]},
    ),
    "validation_error: too many options": (
        "validation_error",
        {**DOCUMENTED, "select_options": [str(i) for i in range(201)]},
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, api: Api, fixtures: Fixtures):
    code, document = ERRORS[case]
    before = fixtures.items()
    answer = api.call("POST", PATH, document)
    assert (answer.status, answer.document["error"]) == (400, code)
    assert fixtures.items() == before


def test_a_name_is_unique_within_its_context_type_and_account(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    business = {**DOCUMENTED, "name": "membership_level", "context_type": "business"}
    assert api.call("POST", PATH, business).status == 201
    again = {**DOCUMENTED, "name": "membership_level"}
    assert Api("klen_globex0000").call("POST", PATH, again).document["id"] == 1


def test_an_id_is_never_given_twice(api: Api):
    first = api.call("POST", PATH, DOCUMENTED).document["id"]
    api.call("DELETE", f"/api/v1/context-variables/{first}/delete")
    assert api.call("POST", PATH, DOCUMENTED).document["id"] > first
