"""POST /api/v1/contacts/{contact_id}/context, as Klen AI documents it."""

import pytest

from tests.api import Api
from tests.failures import failing
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts/123/context"
SUCCESS = {"message": "Contact context variables updated successfully", "contact_id": 123}


def context_of(api: Api, contact_id: int = 123) -> dict:
    return api.call("GET", f"/api/v1/contacts/{contact_id}").document["custom_context"]


def set_variables(api: Api, variables: dict, **extra):
    return api.call("POST", PATH, {"variables": variables, **extra})


def test_the_documented_request_gets_the_documented_answer(api: Api):
    answer = set_variables(
        api,
        {
            "last_payment_date": "2023-12-01",
            "membership_level": "Gold",
            "account_balance": 250.50,
            "is_active": True,
        },
        auto_create_variables=True,
    )
    assert (answer.status, answer.document) == (200, SUCCESS)
    assert answer.headers["content-type"] == "application/json"
    assert context_of(api) == {
        "last_payment_date": "2023-12-01",
        "membership_level": "Gold",
        "account_balance": 250.5,
        "is_active": True,
    }


def test_a_trailing_slash_is_the_same_endpoint(api: Api):
    answer = api.call("POST", f"{PATH}/", {"variables": {"membership_level": "Gold"}})
    assert (answer.status, answer.document) == (200, SUCCESS)


ERRORS = {
    "invalid_json: not JSON": (400, "invalid_json", {"body": b"{"}),
    "invalid_json: no body": (400, "invalid_json", {"body": b""}),
    "invalid_json: an array": (400, "invalid_json", {"body": b"[]"}),
    "invalid_json: a string": (400, "invalid_json", {"body": b'"variables"'}),
    "invalid_json: a name twice": (
        400,
        "invalid_json",
        {"body": b'{"variables": {"a": 1, "a": 2}}'},
    ),
    "invalid_json: NaN": (400, "invalid_json", {"body": b'{"variables": {"a": NaN}}'}),
    "invalid_json: Infinity": (400, "invalid_json", {"body": b'{"variables": {"a": -Infinity}}'}),
    "invalid_json: 1e999": (400, "invalid_json", {"body": b'{"variables": {"a": 1e999}}'}),
    "invalid_json: not UTF-8": (
        400,
        "invalid_json",
        {
            "body": b'{"variables": {"a": "\xff"}}',
            "headers": {"content-type": "application/octet-stream"},
        },
    ),
    "invalid_json: a lone surrogate": (
        400,
        "invalid_json",
        {"body": b'{"variables": {"a": "\\ud800"}}'},
    ),
    "invalid_json: nested too deep": (
        400,
        "invalid_json",
        {"body": b'{"variables":' + b'{"a":' * 40 + b"1" + b"}" * 41},
    ),
    "invalid_json: nested without end": (400, "invalid_json", {"body": b'{"a":' + b"[" * 100_000}),
    "invalid_json: a number of 5000 digits": (
        400,
        "invalid_json",
        {"body": b'{"variables": {"a": ' + b"9" * 5000 + b"}}"},
    ),
    "invalid_json: over a megabyte": (
        400,
        "invalid_json",
        {"document": {"variables": {"membership_level": "x" * 1_000_001}}},
    ),
    "missing_parameter: variables": (400, "missing_parameter", {"document": {}}),
    "validation_error: variables is an array": (
        400,
        "validation_error",
        {"document": {"variables": []}},
    ),
    "validation_error: auto_create_variables is a string": (
        400,
        "validation_error",
        {"document": {"variables": {}, "auto_create_variables": "yes"}},
    ),
    "validation_error: more than 5000 variables": (
        400,
        "validation_error",
        {"document": {"variables": {f"v{i}": 1 for i in range(5001)}}},
    ),
    "invalid_value": (
        400,
        "invalid_value",
        {"document": {"variables": {"membership_level": "Diamond"}}},
    ),
    "undefined_variable": (
        400,
        "undefined_variable",
        {"document": {"variables": {"shoe_size": 44}}},
    ),
    "undefined_variable: null": (
        400,
        "undefined_variable",
        {"document": {"variables": {"shoe_size": None}}},
    ),
    "undefined_variable: a business variable": (
        400,
        "undefined_variable",
        {"document": {"variables": {"support_hours": "9-5"}}},
    ),
    "undefined_variable: an empty name": (
        400,
        "undefined_variable",
        {"document": {"variables": {"": 1}, "auto_create_variables": True}},
    ),
    "undefined_variable: an odd name": (
        400,
        "undefined_variable",
        {"document": {"variables": {"a#b": 1}, "auto_create_variables": True}},
    ),
    "undefined_variable: null for an odd name": (
        400,
        "undefined_variable",
        {"document": {"variables": {"bad name!": None}, "auto_create_variables": True}},
    ),
    "undefined_variable: a name of 101 characters": (
        400,
        "undefined_variable",
        {"document": {"variables": {"a" * 101: 1}, "auto_create_variables": True}},
    ),
    "invalid_value: an array cannot be inferred": (
        400,
        "invalid_value",
        {"document": {"variables": {"sizes": [1]}, "auto_create_variables": True}},
    ),
    "invalid_value: an object cannot be inferred": (
        400,
        "invalid_value",
        {"document": {"variables": {"size": {}}, "auto_create_variables": True}},
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, api: Api, fixtures: Fixtures):
    status, code, sent = ERRORS[case]
    before = fixtures.items()
    answer = api.call("POST", PATH, **sent)
    assert (answer.status, answer.document["error"]) == (status, code)
    assert answer.document["message"]
    assert fixtures.items() == before


@pytest.mark.parametrize(
    ("contact_id", "why"),
    [
        ("124", "there is none"),
        ("abc", "it is no number"),
        ("12.5", "it is no integer"),
        ("-123", "it is negative"),
        ("%00", "it is a control character"),
        ("9" * 5000, "it is longer than any number"),
        ("123%20", "it has a space"),
        ("%D9%A1", "it is a digit of another script"),
        ("0%23", "it tries to forge a key"),
    ],
)
def test_not_found(contact_id: str, why: str, api: Api):
    answer = api.call("POST", f"/api/v1/contacts/{contact_id}/context", {"variables": {}})
    assert (answer.status, answer.document) == (
        404,
        {"error": "not_found", "message": "Contact not found or you do not have access"},
    ), why


def test_a_body_is_parsed_before_the_contact_is_looked_up(api: Api):
    answer = api.call("POST", "/api/v1/contacts/999/context", body=b"{")
    assert answer.document["error"] == "invalid_json"


def test_a_contact_is_looked_up_before_values_are_checked(api: Api):
    document = {"variables": {"membership_level": "Diamond"}}
    answer = api.call("POST", "/api/v1/contacts/999/context", document)
    assert answer.document["error"] == "not_found"


@pytest.mark.parametrize(
    ("variable_type", "sent", "stored"),
    [
        ("text", "Premium Support", "Premium Support"),
        ("text", "", ""),
        ("text", "日本 🎉 \x00", "日本 🎉 \x00"),
        ("number", 250.50, 250.5),
        ("number", "42", 42),
        ("number", 42, 42),
        ("number", 99.95, 99.95),
        ("number", -10, -10),
        ("number", "-1.5e3", -1500),
        ("number", 1e22, 10**22),
        ("number", 0, 0),
        ("number", "0.1", 0.1),
        ("date", "2023-12-01", "2023-12-01"),
        ("date", "2023-01-15T14:30:00Z", "2023-01-15T14:30:00Z"),
        ("date", "2023-01-15T14:30:00.123456+05:30", "2023-01-15T14:30:00.123456+05:30"),
        ("date", "2023-01-15T14:30", "2023-01-15T14:30"),
        ("date", "2024-02-29", "2024-02-29"),
        ("boolean", True, True),
        ("boolean", False, False),
        ("boolean", "true", True),
        ("boolean", "yes", True),
        ("boolean", "1", True),
        ("boolean", "FALSE", False),
        ("boolean", "no", False),
        ("boolean", "0", False),
        ("select", "Gold", "Gold"),
    ],
)
def test_a_value_that_fits_its_type(variable_type, sent, stored, api: Api, fixtures: Fixtures):
    options = ("Gold",) if variable_type == "select" else None
    fixtures.definition("tested", variable_type, select_options=options)
    assert set_variables(api, {"tested": sent}).document == SUCCESS
    kept = context_of(api)["tested"]
    assert (kept, type(kept)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("variable_type", "sent"),
    [
        ("text", 42),
        ("text", True),
        ("text", ["a"]),
        ("number", "forty-two"),
        ("number", ""),
        ("number", " 42"),
        ("number", "NaN"),
        ("number", "Infinity"),
        ("number", "1_000"),
        ("number", "0x1F"),
        ("number", "٤٢"),
        ("number", True),
        ("number", 10**38),
        ("number", 1e38),
        ("number", -1e38),
        ("number", "1e999"),
        ("number", 1e-200),
        ("number", "9" * 65),
        ("number", {}),
        ("date", "2023-13-01"),
        ("date", "2023-02-29"),
        ("date", "01/12/2023"),
        ("date", "20231201"),
        ("date", "2023-W48-5"),
        ("date", "2023-01-15 14:30:00"),
        ("date", "2023-01-15T25:00:00Z"),
        ("date", "2023-01-15T14:30:00+99:00"),
        ("date", ""),
        ("date", 20231201),
        ("date", "２０２３-12-01"),
        ("boolean", 1),
        ("boolean", 0),
        ("boolean", "on"),
        ("boolean", ""),
        ("boolean", []),
        ("select", "gold"),
        ("select", "Gold "),
        ("select", ["Gold"]),
        ("select", 1),
    ],
)
def test_invalid_value(variable_type, sent, api: Api, fixtures: Fixtures):
    options = ("Gold",) if variable_type == "select" else None
    fixtures.definition("tested", variable_type, select_options=options)
    answer = set_variables(api, {"tested": sent})
    assert (answer.status, answer.document["error"]) == (400, "invalid_value")
    assert context_of(api) == {}


def test_one_bad_value_keeps_all_others_out(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    variables = {"last_payment_date": "2023-12-01", "new": 1, "membership_level": "Diamond"}
    answer = set_variables(api, variables, auto_create_variables=True)
    assert answer.document["error"] == "invalid_value"
    assert fixtures.items() == before


def test_null_removes_a_variable_and_leaves_the_others(api: Api):
    set_variables(api, {"last_payment_date": "2023-12-01", "membership_level": "Gold"})
    assert set_variables(api, {"membership_level": None}).document == SUCCESS
    assert context_of(api) == {"last_payment_date": "2023-12-01"}
    assert set_variables(api, {"membership_level": None}).document == SUCCESS


def test_no_variables_is_a_success_that_changes_nothing(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    assert set_variables(api, {}).document == SUCCESS
    assert fixtures.items() == before


@pytest.mark.parametrize(
    ("value", "variable_type"),
    [
        (True, "boolean"),
        (250.50, "number"),
        (7, "number"),
        ("2023-12-01", "date"),
        ("2023-01-15T14:30:00Z", "date"),
        ("2023-13-01", "text"),
        ("42", "text"),
        ("true", "text"),
        ("", "text"),
    ],
)
def test_auto_create_infers_the_type(value, variable_type, api: Api):
    set_variables(api, {"last_seen_value": value}, auto_create_variables=True)
    listed = api.call("GET", "/api/v1/context-variables").document["variables"]
    (made,) = [each for each in listed if each["name"] == "last_seen_value"]
    assert made == {
        "id": 4,
        "name": "last_seen_value",
        "display_name": "Last Seen Value",
        "description": None,
        "variable_type": variable_type,
        "context_type": "contact",
        "is_default": False,
        "select_options": None,
    }
    assert context_of(api) == {"last_seen_value": value}


def test_auto_create_makes_nothing_of_null(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    assert set_variables(api, {"unknown": None}, auto_create_variables=True).document == SUCCESS
    assert fixtures.items() == before


def test_auto_create_uses_a_definition_that_exists(api: Api):
    answer = set_variables(api, {"membership_level": "Diamond"}, auto_create_variables=True)
    assert answer.document["error"] == "invalid_value"


@pytest.mark.parametrize("count", [1, 30, 31, 40])
def test_many_variables_are_created_and_set_at_once(count: int, api: Api):
    variables = {f"variable_{i}": i for i in range(count)}
    assert set_variables(api, variables, auto_create_variables=True).document == SUCCESS
    assert context_of(api) == variables
    assert set_variables(api, dict.fromkeys(variables, 7)).document == SUCCESS
    assert set(context_of(api).values()) == {7}


def test_a_deleted_definition_keeps_its_values_and_a_new_one_finds_them(api: Api):
    set_variables(api, {"membership_level": "Gold"})
    api.call("DELETE", "/api/v1/context-variables/2/delete")
    assert context_of(api) == {"membership_level": "Gold"}
    assert set_variables(api, {"membership_level": "Gold"}).document["error"] == (
        "undefined_variable"
    )
    set_variables(api, {"membership_level": "any text"}, auto_create_variables=True)
    assert context_of(api) == {"membership_level": "any text"}


def test_null_removes_the_value_of_a_deleted_definition(api: Api):
    set_variables(api, {"membership_level": "Gold"})
    api.call("DELETE", "/api/v1/context-variables/2/delete")
    set_variables(api, {"membership_level": None}, auto_create_variables=True)
    assert context_of(api) == {}


def test_too_many_variables_are_refused_before_they_cost_a_read(api: Api):
    document = {"variables": {f"v{i}": 1 for i in range(5001)}}
    with failing({}) as asked:
        assert set_variables(api, document["variables"]).status == 400
    assert asked == ["BatchGetItem"]


def test_another_account_is_out_of_reach(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    fixtures.contact(500, account="globex")
    fixtures.definition("membership_level", account="globex")
    assert api.call("POST", "/api/v1/contacts/500/context", {"variables": {}}).status == 404
    globex = Api("klen_globex0000")
    assert globex.call("POST", PATH, {"variables": {}}).status == 404
    answer = globex.call(
        "POST", "/api/v1/contacts/500/context", {"variables": {"last_payment_date": "2023-12-01"}}
    )
    assert answer.document["error"] == "undefined_variable"


def test_a_contact_of_another_team_is_not_found(api: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, owner="ann")
    fixtures.key("klen_team42", teams=frozenset({42}), user="ann")
    for contact_id in (7, 8):
        path = f"/api/v1/contacts/{contact_id}/context"
        assert api.call("POST", path, {"variables": {}}).status == 404
        assert Api("klen_team42").call("POST", path, {"variables": {}}).status == 200


def test_a_definition_of_another_team_is_undefined(api: Api, fixtures: Fixtures):
    fixtures.definition("secret_score", "number", team=42)
    for extra in ({}, {"auto_create_variables": True}):
        answer = set_variables(api, {"secret_score": 1}, **extra)
        assert (answer.status, answer.document["error"]) == (400, "undefined_variable")
    fixtures.key("klen_team42", teams=frozenset({42}))
    assert set_variables(Api("klen_team42"), {"secret_score": 1}).document == SUCCESS


def test_an_array_for_a_new_variable_is_told_to_need_a_definition(api: Api):
    answer = set_variables(api, {"colors": ["red"]}, auto_create_variables=True)
    assert (answer.status, answer.document["error"]) == (400, "invalid_value")
    assert answer.document["message"] == (
        "The value of 'colors' does not fit the type text, number, date or boolean: "
        "a variable of another type has to be defined first"
    )
