"""POST /api/public/contact/{aiContactId}/update-metadata, as Vambe documents it."""

import json
import re
from uuid import UUID

import pytest

from shared.domain.accounts import Account
from tests.api import Api
from tests.fixtures import Fixtures

CONTACT = "df980fc8-b6db-4820-bf22-000000000123"
PATH = f"/api/public/contact/{CONTACT}/update-metadata"
INFO = f"/api/public/contact/{CONTACT}/info"
KEY = "vambe_0123456789"

DOCUMENTED = {
    "company": "Acme Corp",
    "industry": "Technology",
    "employeeCount": "500-1000",
    "annualRevenue": "5000000",
    "leadScore": "85",
    "source": "website",
    "interests": "AI, Automation",
    "custom_field_1": "value1",
}


def metadata_after(vambe: Api, document: dict) -> dict:
    answer = vambe.call("POST", PATH, document)
    assert answer.status == 201, answer.document
    return metadata_of(vambe)


def metadata_of(vambe: Api) -> dict:
    return vambe.call("GET", INFO).document["metadata"]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/", PATH.replace("df980fc8", "DF980FC8")])
def test_the_documented_request_gets_an_object_for_each_field(path: str, vambe: Api):
    answer = vambe.call("POST", path, DOCUMENTED)
    assert answer.status == 201
    assert {each["key"]: each["value"] for each in answer.document} == {
        "company": "Acme Corp",
        "industry": "Technology",
        "employee_count": "500-1000",
        "annual_revenue": "5000000",
        "lead_score": "85",
        "source": "website",
        "interests": "AI, Automation",
        "custom_field_1": "value1",
    }


def test_an_object_of_the_answer_has_ids_and_times(vambe: Api):
    (first, other) = vambe.call("POST", PATH, {"company": "Acme", "source": "web"}).document
    (again,) = vambe.call("POST", PATH, {"company": "Umbrella"}).document
    assert first.keys() == {
        *("id", "key", "value", "ai_contact_id", "definition_id", "created_at", "updated_at"),
        *("sent_key", "matched_by", "confidence", "form"),
    }
    assert {UUID(first[name]).variant for name in ("id", "definition_id")} == {
        UUID(CONTACT).variant
    }
    assert first["ai_contact_id"] == CONTACT
    assert (again["id"], again["definition_id"]) == (first["id"], first["definition_id"])
    assert (other["id"], other["definition_id"]) != (first["id"], first["definition_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first["updated_at"])


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({}, {}),
        ({"metadata": {}}, {}),
        ({"metadata": {"company": "Acme"}}, {"company": "Acme"}),
        ({"metadata": {"metadata": "x"}}, {"metadata": "x"}),
        ({"metadata": "plain"}, {"metadata": "plain"}),
        ({"metadata": ["a", "b"]}, {"metadata": "a, b"}),
        ({"metadata": {"a": 1}, "company": "Acme"}, {"metadata": '{"a":1}', "company": "Acme"}),
    ],
)
def test_fields_are_flat_or_wrapped(body: dict, kept: dict, vambe: Api):
    assert metadata_after(vambe, body) == kept


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("companyName", "company_name"),
        ("LeadScore", "lead_score"),
        ("userID", "user_id"),
        ("HTTPServer", "http_server"),
        ("Last Visit", "last_visit"),
        ("last-visit", "last_visit"),
        ("custom_field_1", "custom_field_1"),
        ("address2Line", "address2_line"),
        ("Dirección", "dirección"),
        ("¿Cuántos empleados?", "cuántos_empleados"),
        ("x" * 100, "x" * 100),
    ],
)
def test_keys_become_snake_case(key: str, name: str, vambe: Api):
    assert metadata_after(vambe, {key: "value"}) == {name: "value"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Acme Corp", "Acme Corp"),
        ("", ""),
        ("2023-12-01", "2023-12-01"),
        ("42", "42"),
        (95, "95"),
        (250.50, "250.5"),
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (True, "true"),
        (False, "false"),
        (["a", "b"], "a, b"),
        ([1, True, None, "x"], "1, true, , x"),
        ([], ""),
    ],
)
def test_values_are_kept_as_text_whatever_they_are(
    value, text: str, vambe: Api, fixtures: Fixtures
):
    (made,) = vambe.call("POST", PATH, {"field": value}).document
    assert made["value"] == text
    assert metadata_of(vambe) == {"field": text}
    (definition,) = fixtures.definitions.list("acme")
    assert definition.variable_type == "text"


def test_an_object_is_kept_as_its_json(vambe: Api):
    sent = {"street": "Calle 1", "geo": {"lat": 1.5, "tags": ["a", None]}}
    assert json.loads(metadata_after(vambe, {"address": sent})["address"]) == sent


def test_null_leaves_a_field_as_it_is(vambe: Api):
    metadata_after(vambe, {"company": "Acme"})
    answer = vambe.call("POST", PATH, {"company": None, "source": None, "plan": "pro"})
    assert [each["key"] for each in answer.document] == ["plan"]
    assert metadata_of(vambe) == {"company": "Acme", "plan": "pro"}


def test_fields_are_added_and_overwritten_whole(vambe: Api):
    metadata_after(vambe, {"company": "Acme", "address": {"city": "Lima", "zip": "1"}})
    assert metadata_after(vambe, {"address": {"city": "Cusco"}, "plan": "pro"}) == {
        "company": "Acme",
        "address": '{"city":"Cusco"}',
        "plan": "pro",
    }


def test_of_two_keys_that_become_the_same_the_last_one_wins(vambe: Api):
    answer = vambe.call("POST", PATH, {"leadScore": 1, "LeadScore": 2, "lead_score": None})
    assert [(each["key"], each["value"]) for each in answer.document] == [("lead_score", "2")]


@pytest.mark.parametrize(
    ("variable_type", "sent", "shown"),
    [
        ("number", 250.50, "250.5"),
        ("number", "0250.50", "250.5"),
        ("boolean", True, "true"),
        ("boolean", "YES", "true"),
        ("date", "2023-12-01", "2023-12-01"),
        ("select", "Gold", "Gold"),
        ("number", "about fifty", "about fifty"),
        ("boolean", "perhaps", "perhaps"),
        ("date", "next week", "next week"),
        ("select", "Diamond", "Diamond"),
        ("number", {"a": 1}, '{"a":1}'),
    ],
)
def test_a_value_is_formatted_by_its_definition_or_kept_as_sent(
    variable_type, sent, shown, vambe: Api, fixtures: Fixtures
):
    options = ("Gold", "Silver") if variable_type == "select" else None
    fixtures.definition("field", variable_type, select_options=options)
    (made,) = vambe.call("POST", PATH, {"field": sent}).document
    assert (made["key"], made["value"]) == ("field", shown)
    assert metadata_of(vambe) == {"field": shown}


def test_what_another_api_wrote_is_kept_and_shown_as_text(vambe: Api, fixtures: Fixtures):
    fixtures.key()
    klen = Api("klen_abcdef123456789")
    variables = {"account_balance": 250.50, "is_active": True}
    document = {"variables": variables, "auto_create_variables": True}
    klen.call("POST", "/api/v1/contacts/123/context", document)
    assert metadata_after(vambe, {"isActive": False, "source": "web"}) == {
        "account_balance": "250.5",
        "is_active": "false",
        "source": "web",
    }
    found = klen.call("GET", "/api/v1/contacts/123").document
    assert found["custom_context"] == {
        "account_balance": 250.5,
        "is_active": False,
        "source": "web",
    }


ERRORS = {
    "400: no body": (PATH, 400, b""),
    "400: malformed": (PATH, 400, b"{"),
    "400: an array": (PATH, 400, b"[]"),
    "400: a scalar": (PATH, 400, b'"text"'),
    "400: null": (PATH, 400, b"null"),
    "400: no UTF-8": (PATH, 400, b'{"a": "\xff"}'),
    "400: a number beyond all": (PATH, 400, b'{"a": 1e999}'),
    "400: an id that is no UUID": (PATH.replace(CONTACT, "123"), 400, b"{}"),
    "400: an id of no version": (PATH.replace("-4820-", "-0820-"), 400, b"{}"),
    "400: a key without a letter": (PATH, 400, b'{"good": 1, "!!!": 1}'),
    "400: a key without a letter for null": (PATH, 400, b'{"good": 1, "!!!": null}'),
    "400: an empty key": (PATH, 400, b'{"": 1}'),
    "400: a key of 101 letters": (PATH, 400, b'{"' + b"x" * 101 + b'": 1}'),
    "404: no such contact": (PATH.replace("123/", "999/"), 404, b'{"a": 1}'),
    "404: nil UUID": (PATH.replace(CONTACT, "0" * 8 + "-0000" * 3 + "-" + "0" * 12), 404, b"{}"),
    "413: a body over 1 MB": (PATH, 413, b'{"a": "' + b"x" * 1_048_570 + b'"}'),
    "413: a value over 1,000,000 bytes": (PATH, 413, b'{"a": "' + b"x" * 1_000_001 + b'"}'),
}
NAMES = {400: "Bad Request", 404: "Not Found", 413: "Payload Too Large"}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    path, status, body = ERRORS[case]
    before = fixtures.items()
    answer = vambe.call("POST", path, body=body)
    assert answer.status == status
    message = answer.document["message"]
    assert answer.document == {"statusCode": status, "message": message, "error": NAMES[status]}
    assert message
    assert len(message) < 500
    assert fixtures.items() == before


def test_the_documented_words_of_errors(vambe: Api):
    missing = vambe.call("POST", PATH.replace("123/", "999/"), {"a": 1}).document
    assert missing == {"statusCode": 404, "message": "Contact not found", "error": "Not Found"}
    malformed = vambe.call("POST", PATH, body=b"{").document
    assert malformed["message"].startswith("Invalid metadata format")


def test_more_fields_than_one_request_may_set_are_413(vambe: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = vambe.call("POST", PATH, {f"f{i}": "" for i in range(5001)})
    assert (answer.status, answer.document["error"]) == (413, "Payload Too Large")
    assert fixtures.items() == before


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"{}"),
        ({}, b"{"),
        ({"x-api-key": "unknown_key"}, b"{}"),
        ({"authorization": f"Bearer {KEY}"}, b"{}"),
    ],
)
def test_401_also_before_a_broken_body(headers: dict, body: bytes, vambe: Api):
    answer = vambe.call("POST", PATH, body=body, headers=headers, key=None)
    assert (answer.status, answer.document) == (
        401,
        {"statusCode": 401, "message": "Invalid or missing API key", "error": "Unauthorized"},
    )


@pytest.mark.parametrize(
    ("permissions", "status"), [((), 201), (("*",), 201), (("can_write_contacts",), 403)]
)
def test_403_for_a_key_that_is_held_to_another_apis_permissions(
    permissions, status, vambe, fixtures
):
    fixtures.key("vambe_with_words", permissions=permissions)
    answer = vambe.call("POST", PATH, {"a": 1}, key="vambe_with_words")
    assert answer.status == status
    if status == 403:
        message = "This API needs an API key without permissions, or with the permission '*'"
        assert answer.document == {"statusCode": 403, "message": message, "error": "Forbidden"}


def test_contacts_of_other_accounts_and_teams_are_not_there(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, account="globex")
    for number in (7, 8):
        path = PATH.replace("000000000123", f"{number:012d}")
        assert vambe.call("POST", path, {"a": 1}).status == 404


def test_a_definition_of_a_team_that_the_key_is_not_in_cannot_be_set(
    vambe: Api, fixtures: Fixtures
):
    fixtures.definition("secret", team=42)
    before = fixtures.items()
    assert vambe.call("POST", PATH, {"a": "1", "secret": "x"}).status == 400
    assert fixtures.items() == before


def test_thousands_of_new_fields_in_one_request(engine_vambe: Api):
    sent = {f"field_{number}": f"value {number}" for number in range(2000)}
    answer = engine_vambe.call("POST", PATH, sent)
    assert answer.status == 201, answer.document
    assert {each["key"]: each["value"] for each in answer.document} == sent
    assert metadata_of(engine_vambe) == sent


def test_a_value_of_almost_a_megabyte(engine_vambe: Api):
    large = {"notes": "é" * 450_000}
    answer = engine_vambe.call("POST", PATH, body=json.dumps(large, ensure_ascii=False).encode())
    assert answer.status == 201
    assert metadata_of(engine_vambe) == large


def test_a_hundred_values_of_nine_kilobytes(engine_vambe: Api):
    metadata_after(engine_vambe, {"kept": "before", "notes_1": "short"})
    large = {f"notes_{number}": f"{number:09d}" * 1000 for number in range(100)}
    assert metadata_after(engine_vambe, large) == {"kept": "before", **large}


def test_a_request_of_just_under_a_megabyte_of_small_fields(engine_vambe: Api):
    sent = {f"field_{number:04d}": "x" * 190 for number in range(4900)}
    assert 990_000 < len(json.dumps(sent)) < 1_048_576
    assert metadata_after(engine_vambe, sent) == sent


def understood(vambe: Api, fields: dict) -> dict[str, tuple]:
    """Return the sent keys and how they were processed, by the name of the variable."""
    answer = vambe.call("POST", PATH, fields)
    assert answer.status == 201
    members = ("value", "sent_key", "matched_by", "form")
    return {each["key"]: tuple(each[name] for name in members) for each in answer.document}


@pytest.fixture
def fields(fixtures: Fixtures) -> Fixtures:
    """Create definitions of each type, in an account in Chile."""
    fixtures.accounts.add(Account("acme", locale="es-CL"))
    fixtures.definition("monthly_budget", "number", display_name="Presupuesto mensual")
    fixtures.definition("signed_up_on", "date", aliases=("Fecha de alta",))
    fixtures.definition("wants_news", "boolean")
    fixtures.definition("membership_level", "select", select_options=("Silver", "Gold"))
    return fixtures


def test_keys_find_their_definitions_and_values_their_form(vambe: Api, fields: Fixtures):
    sent = {
        "Presupuesto mensual": "$ 1.234,50",
        "fecha de alta": "12/03/2024",
        "wantsNews": "Sí",
        "membrship_level": "gold",
        "companyName": "Acme",
    }
    assert understood(vambe, sent) == {
        "monthly_budget": ("1234.5", "Presupuesto mensual", "display_name", "formatted"),
        "signed_up_on": ("2024-03-12", "fecha de alta", "alias", "formatted"),
        "wants_news": ("true", "wantsNews", "snake_case", "formatted"),
        "membership_level": ("Gold", "membrship_level", "similarity", "formatted"),
        "company_name": ("Acme", "companyName", None, "as_sent"),
    }
    assert metadata_of(vambe)["monthly_budget"] == "1234.5"


def test_what_does_not_fit_is_kept_as_sent_and_marked(vambe: Api, fields: Fixtures):
    assert understood(vambe, {"monthly_budget": "a lot"}) == {
        "monthly_budget": ("a lot", "monthly_budget", "exact", "unfit")
    }
    assert metadata_of(vambe) == {"monthly_budget": "a lot"}


def test_a_free_text_is_kept_and_fills_what_it_names(vambe: Api, fields: Fixtures):
    text = "Presupuesto mensual: 900.000. Membership level is gold."
    assert understood(vambe, {"notes": text, "membership_level": "Silver"}) == {
        "notes": (text, "notes", None, "as_sent"),
        "membership_level": ("Silver", "membership_level", "exact", "as_sent"),
        "monthly_budget": ("900000", "notes", "extraction", "formatted"),
    }
