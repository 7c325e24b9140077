"""PUT and PATCH /api/v1/contacts/{contact_id}/update, as Klen AI documents them."""

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from tests.api import Api
from tests.fixtures import Fixtures

CREATE = "/api/v1/contacts/create"
FULL = {
    "first_name": "John",
    "last_name": "Doe",
    "email": "john@example.com",
    "company": "Acme Corp",
    "website": "https://acme.example.com",
    "address": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "zip_code": "94105",
    "country": "CA",
    "status": "contacted",
    "stage": "customer",
    "tags": ["New Lead"],
    "phone_numbers": [
        {"phone_number": "+15551234567", "primary": True},
        {"phone_number": "+15552345678", "phone_type": "work"},
    ],
    "custom_context": {"lead_source": "Website"},
    "industry_context": {"sector": "retail"},
}
PATH = "/api/v1/contacts/124/update"


@pytest.fixture
def full(api: Api) -> Api:
    """A client, and contact 124 with every field."""
    assert api.call("POST", CREATE, FULL).document["id"] == 124
    return api


def details(api: Api) -> dict:
    return api.call("GET", "/api/v1/contacts/124").document


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_it_answers_with_the_changed_contact(method: str, path: str, full: Api):
    answer = full.call(method, path, {"first_name": "Jo", "stage": "qualified_lead"})
    assert answer.status == 200
    assert answer.document["message"] == "Contact updated successfully"
    assert (answer.document["id"], answer.document["stage_display"]) == (124, "Qualified Lead")
    assert details(full)["first_name"] == "Jo"


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        (
            {"email": "new@example.com", "status": "contacted", "stage": "qualified_lead"},
            {
                "email": "new@example.com",
                "stage": "qualified_lead",
                "stage_display": "Qualified Lead",
            },
        ),
        ({"tags": ["Qualified", "High Priority"]}, {"tags": ["Qualified", "High Priority"]}),
        ({"tags": ["a", "b", "a"]}, {"tags": ["a", "b"]}),
        ({"tags": None}, {"tags": []}),
        ({"last_name": "Roe"}, {"last_name": "Roe", "full_name": "John Roe"}),
        ({"first_name": "Jo"}, {"first_name": "Jo", "full_name": "Jo Doe"}),
        ({"email": None, "company": None}, {"email": None, "company": ""}),
        (
            {"city": "Oakland"},
            {
                "address": {
                    "street": "123 Main St",
                    "city": "Oakland",
                    "state": "CA",
                    "zip_code": "94105",
                    "country": "CA",
                }
            },
        ),
        ({"industry_context": {"a": 1}}, {"industry_context": {"a": 1}}),
        (
            {"custom_context": {"budget": 5000}},
            {"custom_context": {"lead_source": "Website", "budget": 5000}},
        ),
        ({"custom_context": {"lead_source": None}}, {"custom_context": {}}),
        ({"phone_numbers": []}, {"phone_numbers": []}),
    ],
)
def test_patch_changes_what_is_sent(sent, changed, full: Api):
    before = details(full)
    assert full.call("PATCH", PATH, sent).status == 200
    assert details(full) == {**before, **changed}


def test_put_replaces_all_fields_but_never_removes_variables(full: Api):
    assert full.call("PUT", PATH, {"first_name": "Jo", "city": "Rome"}).status == 200
    found = details(full)
    assert (found["first_name"], found["last_name"], found["full_name"]) == ("Jo", "", "Jo")
    assert (found["email"], found["stage"], found["status"]) == (None, "lead", "not_contacted")
    assert (found["tags"], found["phone_numbers"], found["industry_context"]) == ([], [], {})
    assert found["address"] == {
        "street": "",
        "city": "Rome",
        "state": "",
        "zip_code": "",
        "country": "US",
    }
    assert found["custom_context"] == {"lead_source": "Website"}


def phones(api: Api) -> list[tuple]:
    return [
        (each["id"], each["phone_number"], each["phone_type"], each["primary"])
        for each in details(api)["phone_numbers"]
    ]


@pytest.mark.parametrize(
    ("method", "sent", "found"),
    [
        (
            "PATCH",
            [{"id": 2, "phone_number": "+15559999999", "primary": True}],
            [(1, "+15551234567", "mobile", False), (2, "+15559999999", "work", True)],
        ),
        (
            "PATCH",
            [{"phone_number": "+15553333333"}],
            [
                (1, "+15551234567", "mobile", True),
                (2, "+15552345678", "work", False),
                (3, "+15553333333", "mobile", False),
            ],
        ),
        (
            "PATCH",
            [{"phone_number": "+15552345678", "phone_type": "home"}],
            [(1, "+15551234567", "mobile", True), (2, "+15552345678", "home", False)],
        ),
        ("PUT", [{"id": 2, "phone_number": "+1555"}], [(2, "+1555", "work", True)]),
        ("PUT", [{"phone_number": "+1555"}], [(1, "+1555", "mobile", True)]),
        (
            "PUT",
            [{"phone_number": "+15552345678"}, {"phone_number": "+1555"}],
            [(2, "+15552345678", "work", True), (3, "+1555", "mobile", False)],
        ),
    ],
)
def test_phone_numbers_are_changed_by_id_or_added(method, sent, found, full: Api):
    assert full.call(method, PATH, {"phone_numbers": sent}).status == 200
    assert phones(full) == found


def test_identifiers_follow_the_contact(full: Api, fixtures: Fixtures):
    full.call("PATCH", PATH, {"email": "New@Example.com", "phone_numbers": []})
    assert fixtures.ids_with(Identifier(IdentifierKind.EMAIL, "john@example.com")) == []
    assert fixtures.ids_with(Identifier(IdentifierKind.EMAIL, "new@example.com")) == [124]
    assert fixtures.ids_with(Identifier(IdentifierKind.PHONE, "+15551234567")) == []


def test_there_is_always_exactly_one_primary_number(full: Api):
    same = {"phone_numbers": [{"id": 2, "phone_number": "+15551234567"}]}
    assert full.call("PATCH", PATH, same).status == 200
    assert [primary for *_, primary in phones(full)] == [True, False]
    both = [{"id": 1, "phone_number": "+1", "primary": True}]
    both += [{"id": 2, "phone_number": "+1", "primary": True}]
    full.call("PATCH", PATH, {"phone_numbers": both})
    assert [primary for *_, primary in phones(full)] == [False, True]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_contact_stays_in_its_team_until_it_is_given_to_another(
    method, api: Api, fixtures: Fixtures
):
    fixtures.contact(7, team=42)
    fixtures.key("klen_team42", teams=frozenset({42, 43}))
    member = Api("klen_team42")
    path = "/api/v1/contacts/7/update"
    assert member.call(method, path, {"first_name": "Z"}).status == 200
    assert api.call("GET", "/api/v1/contacts/7").status == 404
    assert member.call(method, path, {"first_name": "Z", "team_id": 43}).status == 200
    assert api.call("GET", "/api/v1/contacts/7").status == 404
    assert fixtures.contacts.find("acme", 7).team == 43
    assert member.call(method, path, {"team_id": None}).status == 200
    assert api.call("GET", "/api/v1/contacts/7").status == 200


@pytest.mark.parametrize("field", ["stage", "status", "email", "last_name", "country"])
def test_an_empty_text_stays_empty(field: str, full: Api):
    answer = full.call("PATCH", PATH, {field: ""}).document
    found = details(full)
    shown = found["address"] if field == "country" else found
    assert shown[field] == ""
    assert answer.items() <= {**found, "message": answer["message"]}.items()


ERRORS = {
    "invalid_json": (400, "invalid_json", 124, b"null"),
    "invalid_json before not_found": (400, "invalid_json", 999, b"{"),
    "missing_parameter": (400, "missing_parameter", 124, b'{"phone_numbers": [{"id": 1}]}'),
    "validation_error: phone id": (
        400,
        "validation_error",
        124,
        b'{"phone_numbers": [{"id": 9, "phone_number": "+1"}]}',
    ),
    "validation_error: email": (400, "validation_error", 124, b'{"email": 7}'),
    "invalid_value": (
        400,
        "invalid_value",
        124,
        b'{"email": "new@example.com", "custom_context": {"membership_level": "Diamond"}}',
    ),
    "permission_denied: another team": (403, "permission_denied", 124, b'{"team_id": 9}'),
    "not_found": (404, "not_found", 999, b"{}"),
    "not_found: no number": (404, "not_found", "abc", b"{}"),
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(
    case, method, full: Api, fixtures: Fixtures
):
    status, code, contact_id, body = ERRORS[case]
    before = fixtures.items()
    answer = full.call(method, f"/api/v1/contacts/{contact_id}/update", body=body)
    assert (answer.status, answer.document["error"]) == (status, code)
    assert fixtures.items() == before


@pytest.mark.parametrize("permission", ["can_read_contacts", "can_write_contacts"])
def test_either_permission_will_do(permission: str, full: Api, fixtures: Fixtures):
    fixtures.key("klen_one_word", permissions=(permission,))
    assert Api("klen_one_word").call("PATCH", PATH, {"city": "Rome"}).status == 200


def test_another_accounts_contact_is_not_found(full: Api, fixtures: Fixtures):
    fixtures.key("klen_globex0000", account="globex")
    assert Api("klen_globex0000").call("PATCH", PATH, {}).status == 404
