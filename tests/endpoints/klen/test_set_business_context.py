"""POST /api/v1/business/context, as Klen AI documents it."""

import pytest

from shared.domain.values import BUSINESS
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/business/context"
SUCCESS = {"message": "Business context variables updated successfully"}


def business_of(fixtures: Fixtures) -> dict:
    return {each.name: each.value for each in fixtures.variables.list("acme", BUSINESS)}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_it_sets_variables_of_the_business(path: str, api: Api, fixtures: Fixtures):
    answer = api.call("POST", path, {"variables": {"support_hours": "9-5"}})
    assert (answer.status, answer.document) == (200, SUCCESS)
    assert business_of(fixtures) == {"support_hours": "9-5"}


def test_auto_create_makes_a_business_variable_with_its_display_name(api: Api, fixtures: Fixtures):
    document = {"variables": {"office_hours": "9-5"}, "auto_create_variables": True}
    assert api.call("POST", PATH, document).document == SUCCESS
    query = {"context_type": "business"}
    listed = api.call("GET", "/api/v1/context-variables", query=query).document["variables"]
    assert [(each["name"], each["display_name"]) for each in listed] == [
        ("support_hours", "Support Hours"),
        ("office_hours", "Office Hours"),
    ]
    assert business_of(fixtures) == {"office_hours": "9-5"}


def test_null_removes_a_variable(api: Api, fixtures: Fixtures):
    api.call("POST", PATH, {"variables": {"support_hours": "9-5"}})
    assert api.call("POST", PATH, {"variables": {"support_hours": None}}).document == SUCCESS
    assert business_of(fixtures) == {}


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("invalid_json", b"[1]"),
        ("invalid_json", b""),
        ("missing_parameter", b'{"auto_create_variables": true}'),
        ("invalid_value", b'{"variables": {"support_hours": 9}}'),
        ("undefined_variable", b'{"variables": {"membership_level": "Gold"}}'),
        ("undefined_variable", b'{"variables": {"support_hours": "9-5", "unheard_of": 1}}'),
    ],
)
def test_a_refused_request_says_why_and_changes_nothing(code, sent, api: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = api.call("POST", PATH, body=sent)
    assert (answer.status, answer.document["error"]) == (400, code)
    assert fixtures.items() == before


def test_contact_and_business_variables_of_one_name_are_two(api: Api, fixtures: Fixtures):
    document = {"variables": {"city": "Rome"}, "auto_create_variables": True}
    api.call("POST", PATH, document)
    api.call("POST", "/api/v1/contacts/123/context", {**document, "variables": {"city": 7}})
    assert business_of(fixtures) == {"city": "Rome"}
    found = api.call("GET", "/api/v1/contacts/123").document
    assert found["custom_context"] == {"city": 7}


def test_another_account_has_a_business_of_its_own(api: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    fixtures.definition("support_hours", context_type="business", account="globex")
    api.call("POST", PATH, {"variables": {"support_hours": "9-5"}})
    Api("klen_globex0000").call("POST", PATH, {"variables": {"support_hours": "24/7"}})
    assert business_of(fixtures) == {"support_hours": "9-5"}
