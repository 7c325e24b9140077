"""POST /api/v1/contacts/create, as Klen AI documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts/create"
DOCUMENTED = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@example.com",
    "company": "Acme Corp",
    "website": "https://acme.example.com",
    "address": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "zip_code": "94105",
    "country": "US",
    "status": "not_contacted",
    "stage": "lead",
    "tags": ["New Lead", "Website Inquiry"],
    "phone_numbers": [
        {
            "phone_number": "+15551234567",
            "phone_type": "mobile",
            "primary": True,
            "do_not_call": False,
        },
        {
            "phone_number": "+15552345678",
            "phone_type": "work",
            "primary": False,
            "do_not_call": False,
        },
    ],
    "custom_context": {"lead_source": "Website", "budget": "$5,000", "decision_maker": True},
    "industry_context": {"sector": "retail"},
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_makes_the_documented_contact(path: str, api: Api):
    answer = api.call("POST", path, DOCUMENTED)
    assert answer.status == 201
    assert answer.document["message"] == "Contact created successfully"
    found = api.call("GET", f"/api/v1/contacts/{answer.document['id']}").document
    assert answer.document["id"] == 124
    assert found["full_name"] == "John Doe"
    for name in ("first_name", "last_name", "email", "company", "website", "status", "stage"):
        assert found[name] == answer.document[name] == DOCUMENTED[name]
    assert found["address"] == {
        "street": "123 Main St",
        "city": "San Francisco",
        "state": "CA",
        "zip_code": "94105",
        "country": "US",
    }
    assert [each["phone_number"] for each in found["phone_numbers"]] == [
        "+15551234567",
        "+15552345678",
    ]
    for name in ("tags", "custom_context", "industry_context"):
        assert found[name] == DOCUMENTED[name]


def test_only_a_first_name_is_needed_and_the_defaults_are_the_documented_ones(api: Api):
    made = api.call("POST", PATH, {"first_name": "Jo"}).document
    assert (made["status"], made["stage"], made["address"]["country"]) == (
        "not_contacted",
        "lead",
        "US",
    )
    assert (made["full_name"], made["tags"], made["phone_numbers"]) == ("Jo", [], [])


def test_null_is_as_good_as_left_out(api: Api):
    nothing = dict.fromkeys([*DOCUMENTED, "team_id"])
    made = api.call("POST", PATH, {**nothing, "first_name": "Jo"}).document
    plain = api.call("POST", PATH, {"first_name": "Jo"}).document
    assert {**made, "id": 0, "created_date": ""} == {**plain, "id": 0, "created_date": ""}


def test_both_names_can_be_as_long_as_a_field_can(api: Api):
    """The full name is made here, so its length is no fault of the request."""
    made = api.call("POST", PATH, {"first_name": "x" * 500, "last_name": "y" * 500})
    assert made.status == 201
    assert made.document["full_name"] == "x" * 500 + " " + "y" * 500


def test_custom_context_is_held_against_definitions(api: Api, fixtures: Fixtures):
    before = fixtures.items()
    wrong = {**DOCUMENTED, "custom_context": {"membership_level": "Diamond"}}
    answer = api.call("POST", PATH, wrong)
    assert (answer.status, answer.document["error"]) == (400, "invalid_value")
    assert fixtures.items() == before


ERRORS = {
    "invalid_json": (400, "invalid_json", []),
    "missing_parameter: first_name": (400, "missing_parameter", {"last_name": "Doe"}),
    "missing_parameter: phone_number": (
        400,
        "missing_parameter",
        {**DOCUMENTED, "phone_numbers": [{}]},
    ),
    "validation_error: empty first_name": (400, "validation_error", {"first_name": ""}),
    "validation_error: first_name null": (400, "validation_error", {"first_name": None}),
    "validation_error: first_name number": (400, "validation_error", {"first_name": 1}),
    "validation_error: long email": (
        400,
        "validation_error",
        {**DOCUMENTED, "email": "x" * 501},
    ),
    "validation_error: tags": (400, "validation_error", {**DOCUMENTED, "tags": "VIP"}),
    "validation_error: long tag": (400, "validation_error", {**DOCUMENTED, "tags": ["x" * 101]}),
    "validation_error: many tags": (
        400,
        "validation_error",
        {**DOCUMENTED, "tags": [str(i) for i in range(51)]},
    ),
    "validation_error: empty phone": (
        400,
        "validation_error",
        {**DOCUMENTED, "phone_numbers": [{"phone_number": " "}]},
    ),
    "validation_error: many phones": (
        400,
        "validation_error",
        {**DOCUMENTED, "phone_numbers": [{"phone_number": str(i)} for i in range(11)]},
    ),
    "validation_error: unknown phone": (
        400,
        "validation_error",
        {**DOCUMENTED, "phone_numbers": [{"id": 7, "phone_number": "+1"}]},
    ),
    "validation_error: team": (400, "validation_error", {**DOCUMENTED, "team_id": "101"}),
    "validation_error: custom_context": (
        400,
        "validation_error",
        {**DOCUMENTED, "custom_context": []},
    ),
    "invalid_value: 1e200 in custom_context": (
        400,
        "invalid_value",
        {**DOCUMENTED, "custom_context": {"a": 1e200}},
    ),
    "validation_error: large industry_context": (
        400,
        "validation_error",
        {**DOCUMENTED, "industry_context": {"notes": "x" * 10_240}},
    ),
    "permission_denied: another team": (403, "permission_denied", {**DOCUMENTED, "team_id": 9}),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, api: Api, fixtures: Fixtures):
    status, code, document = ERRORS[case]
    before = fixtures.items()
    answer = api.call("POST", PATH, document)
    assert (answer.status, answer.document["error"]) == (status, code)
    assert fixtures.items() == before


@pytest.mark.parametrize("field", ["industry_context", "custom_context"])
def test_a_number_that_json_cannot_give_back_is_refused(field: str, api: Api, fixtures: Fixtures):
    before = fixtures.items()
    body = b'{"first_name": "Jo", "%s": {"a": 1e999}}' % field.encode()
    answer = api.call("POST", PATH, body=body)
    assert (answer.status, answer.document["error"]) == (400, "invalid_json")
    assert fixtures.items() == before


def test_a_contact_can_be_made_for_a_team_of_the_key(api: Api, fixtures: Fixtures):
    fixtures.key("klen_team101", teams=frozenset({101}))
    made = Api("klen_team101").call("POST", PATH, {"first_name": "Jo", "team_id": 101}).document
    assert api.call("GET", f"/api/v1/contacts/{made['id']}").status == 404
    assert Api("klen_team101").call("GET", f"/api/v1/contacts/{made['id']}").status == 200


@pytest.mark.parametrize("permission", ["can_read_contacts", "can_write_contacts"])
def test_either_permission_will_do(permission: str, api: Api, fixtures: Fixtures):
    fixtures.key("klen_one_word", permissions=(permission,))
    assert Api("klen_one_word").call("POST", PATH, {"first_name": "Jo"}).status == 201


def test_a_contact_can_be_found_by_its_identifiers(api: Api, fixtures: Fixtures):
    made = api.call("POST", PATH, DOCUMENTED).document["id"]
    contact = fixtures.contacts.find("acme", made)
    assert len(contact.identifiers) == 5
    for identifier in contact.identifiers:
        assert fixtures.ids_with(identifier) == [made]
