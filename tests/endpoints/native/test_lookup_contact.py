"""POST /v1/contacts/lookup: the contact that has one of several identifiers."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/lookup"


@pytest.fixture
def jane(native: Api, fixtures: Fixtures) -> Api:
    """Return a client whose account has contact 7 with every kind of identifier."""
    fixtures.contact(
        7,
        email="jane@example.com",
        phone_numbers=(PhoneNumber(1, "+12125550100"),),
        wa_id="12125550101",
        sms_phone_number="12125550102",
        webchat_user_id="user-1",
    )
    return native


@pytest.mark.parametrize(
    "identifiers",
    [
        {"uuid": "df980fc8-b6db-4820-bf22-000000000007"},
        {"external_id": "external7"},
        {"email": "Jane@Example.com"},
        {"phone": "+1 (212) 555-0100"},
        {"wa_id": "+12125550101"},
        {"sms_phone_number": "+1 212 555 0102"},
        {"webchat_user_id": "user-1"},
        {"email": "nobody@example.com", "phone": "+12125550100"},
        {"email": "jane@example.com", "phone": "+12125550100"},
    ],
)
def test_a_contact_is_found_by_any_identifier(jane: Api, identifiers):
    answer = jane.call("POST", PATH, {"identifiers": identifiers})
    shown = jane.call("GET", "/v1/contacts/contact_7")
    assert (answer.status, answer.document) == (200, shown.document)
    assert answer.headers["etag"] == shown.headers["etag"]


@pytest.mark.parametrize(
    "identifiers", [{"email": "two@example.com"}, {"email": "two@example.com", "uuid": "x"}]
)
def test_several_contacts_are_named(native: Api, fixtures: Fixtures, identifiers):
    for contact_id in (9, 8):
        fixtures.contact(contact_id, email="two@example.com")
    answer = native.call("POST", PATH, {"identifiers": identifiers})
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert answer.document["candidates"] == ["contact_8", "contact_9"]


def test_identifiers_of_different_contacts_name_both(jane: Api):
    identifiers = {"email": "jane@example.com", "external_id": "external123"}
    answer = jane.call("POST", PATH, {"identifiers": identifiers})
    assert answer.status == 409
    assert answer.document["candidates"] == ["contact_7", "contact_123"]
    assert answer.document["detail"] == "Several contacts have this external_id or email"


def test_a_hidden_contact_is_no_candidate(native: Api, fixtures: Fixtures):
    fixtures.contact(8, email="two@example.com", team=7)
    fixtures.contact(9, email="two@example.com")
    found = native.call("POST", PATH, {"identifiers": {"email": "two@example.com"}})
    assert found.document["id"] == "contact_9"


@pytest.mark.parametrize("identifiers", [{"email": "no@example.com"}, {"email": "of@example.com"}])
def test_no_contact_is_found(native: Api, fixtures: Fixtures, identifiers):
    fixtures.contact(8, email="of@example.com", team=7)
    answer = native.call("POST", PATH, {"identifiers": identifiers})
    assert (answer.status, answer.document["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/identifiers"),
        ({"identifiers": {}}, "/identifiers"),
        ({"identifiers": {"email": None}}, "/identifiers/email"),
        ({"identifiers": {"email": "x"}}, "/identifiers/email"),
        ({"identifiers": {"phone": "x"}}, "/identifiers/phone"),
        ({"identifiers": {"uuid": ""}}, "/identifiers/uuid"),
        ({"identifiers": {"external_id": "x" * 501}}, "/identifiers/external_id"),
        ({"identifiers": {"name": "Jo", "uuid": "x"}}, "/identifiers/name"),
        ({"identifiers": {"uuid": "x"}, "email": "x"}, "/email"),
    ],
)
def test_a_fault_is_told_with_its_place(native: Api, body, pointer: str):
    answer = native.call("POST", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:write",))
    body = {"identifiers": {"uuid": "x"}}
    assert Api("another-key").call("POST", PATH, body).status == 403
