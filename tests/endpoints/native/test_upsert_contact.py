"""POST /v1/contacts/upsert: create the contact of identifiers, or change the one that has one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import Subject
from shared.services.variables.assignments import make_assignment
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/contacts/upsert"
EMAIL = {"email": "jane@example.com"}
PHONE = {"phone": "+12125550100"}
ONCE = {"Idempotency-Key": "a-key"}


def test_a_new_contact_has_all_identifiers(native: Api):
    body = {"identifiers": {**EMAIL, **PHONE}, "contact": {"first_name": "Jane"}}
    answer = native.call("POST", PATH, body)
    assert answer.status == 201
    contact = answer.document["contact"]
    assert (answer.document["created"], answer.document["results"]) == (True, {})
    assert (contact["email"], contact["first_name"]) == ("jane@example.com", "Jane")
    assert contact["phone_numbers"][0]["number"] == "+12125550100"
    assert contact["phone_numbers"][0]["is_primary"]


def test_the_second_time_it_is_changed(native: Api):
    first = native.call("POST", PATH, {"identifiers": PHONE, "contact": {"company": "A"}})
    body = {"identifiers": {"phone": "+1 212 555 0100"}, "contact": {"company": None}}
    second = native.call("POST", PATH, body)
    assert (second.status, second.document["created"]) == (200, False)
    contact = second.document["contact"]
    assert contact["id"] == first.document["contact"]["id"]
    assert contact["company"] == ""
    assert contact["phone_numbers"][0]["number"] == "+12125550100"
    assert native.call("GET", f"/v1/contacts/{contact['id']}").document == contact


def test_a_contact_that_is_found_gets_no_other_identifier(native: Api, fixtures: Fixtures):
    fixtures.contact(7, email="jane@example.com")
    contact = native.call("POST", PATH, {"identifiers": {**EMAIL, **PHONE}}).document["contact"]
    assert (contact["id"], contact["phone_numbers"]) == ("contact_7", [])


def test_values_are_set_in_either_case(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    created, changed = (
        native.call("POST", PATH, {"identifiers": EMAIL, "variables": {"level": value}})
        for value in ("Silver", "Gold")
    )
    contact_id = created.document["contact"]["id"]
    assert created.document["results"]["level"]["outcome"] == "set"
    assert changed.document["results"]["level"]["outcome"] == "set"
    stored = native.call("GET", f"/v1/contacts/{contact_id}/variables/level").document
    assert stored["value"] == "Gold"
    assert stored["version"] == changed.document["results"]["level"]["version"]


def test_values_alone_leave_the_version_of_the_contact(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.contact(7, email="jane@example.com")
    answer = native.call("POST", PATH, {"identifiers": EMAIL, "variables": {"level": "Gold"}})
    assert answer.headers["etag"].startswith('"1.')


def test_null_removes_a_value(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.contact(7, email="jane@example.com")
    for value, outcome in (("Gold", "set"), (None, "removed")):
        answer = native.call("POST", PATH, {"identifiers": EMAIL, "variables": {"level": value}})
        assert answer.document["results"]["level"]["outcome"] == outcome
    assert native.call("GET", "/v1/contacts/contact_7/variables/level").status == 404


@pytest.mark.parametrize("contact", [{}, {"company": "A"}])
def test_a_weaker_source_suggests(native: Api, fixtures: Fixtures, contact):
    level = fixtures.definition("level", precedence=DEFAULT_PRECEDENCE)
    fixtures.contact(7, email="jane@example.com")
    human = replace(make_assignment(level, "Gold"), precedence=())
    person = Attribution(LONG_AGO, value_source=Source.HUMAN)
    fixtures.variables.save("acme", Subject.contact(7), [human], [], person)
    body = {"identifiers": EMAIL, "contact": contact, "variables": {"level": "Silver"}}
    result = native.call("POST", PATH, body).document["results"]["level"]
    assert result["outcome"] == "suggested"
    listed = native.call("GET", "/v1/suggestions", query={"contact_id": "contact_7"}).document
    assert [each["id"] for each in listed["data"]] == [result["suggestion_id"]]


def test_of_concurrent_upserts_one_creates(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    body: dict[str, Any] = {"identifiers": {**EMAIL, **PHONE}, "variables": {"level": "Gold"}}
    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda _: native.call("POST", PATH, body), range(4))]
    assert sorted(each.status for each in answers) == [200, 200, 200, 201]
    assert len({each.document["contact"]["id"] for each in answers}) == 1


@pytest.mark.parametrize("exists", [True, False])
def test_the_same_key_is_applied_once(native: Api, fixtures: Fixtures, *, exists: bool):
    if exists:
        fixtures.contact(7, email="jane@example.com")
    fixtures.definition("level")
    body = {"identifiers": EMAIL, "contact": {"company": "A"}, "variables": {"level": "Gold"}}
    first = native.call("POST", PATH, body, headers=ONCE)
    contact_id = first.document["contact"]["id"]
    native.call("PATCH", f"/v1/contacts/{contact_id}", {"company": "B"})
    again = native.call("POST", PATH, body, headers=ONCE)
    assert again.status == first.status == (200 if exists else 201)
    assert again.document["results"] == first.document["results"]
    assert again.document["contact"]["company"] == "B"
    assert again.headers["idempotent-replayed"] == "true"


def test_the_key_of_values_alone_is_kept_with_them(native: Api, fixtures: Fixtures):
    fixtures.contact(7, email="jane@example.com")
    fixtures.definition("level")
    body = {"identifiers": EMAIL, "variables": {"level": "Gold"}}
    native.call("POST", PATH, body, headers=ONCE)
    native.call("PATCH", "/v1/contacts/contact_7/variables", {"level": "Silver"})
    native.call("POST", PATH, body, headers=ONCE)
    stored = native.call("GET", "/v1/contacts/contact_7/variables/level").document
    assert stored["value"] == "Silver"


def test_several_contacts_are_named_and_stay(native: Api, fixtures: Fixtures):
    for contact_id in (9, 8):
        fixtures.contact(contact_id, email="jane@example.com")
    before = fixtures.items()
    answer = native.call("POST", PATH, {"identifiers": EMAIL, "contact": {"company": "A"}})
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert answer.document["candidates"] == ["contact_8", "contact_9"]
    assert fixtures.items() == before


def test_no_second_contact_is_created_beside_a_hidden_one(native: Api, fixtures: Fixtures):
    fixtures.contact(8, email="jane@example.com", team=7)
    before = fixtures.items()
    answer = native.call("POST", PATH, {"identifiers": EMAIL})
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert fixtures.items() == before


def test_a_contact_that_the_key_would_not_see_is_not_created(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    assert native.call("POST", PATH, {"identifiers": EMAIL, "contact": {"team": 7}}).status == 403
    assert fixtures.items() == before


def test_a_phone_number_can_be_among_several(native: Api, fixtures: Fixtures):
    numbers = [{"number": "+12125550199"}, {"number": "+1 212 555 0100"}]
    body = {"identifiers": PHONE, "contact": {"phone_numbers": numbers}}
    contact_id = native.call("POST", PATH, body).document["contact"]["id"]
    for number in ("12125550100", "12125550199"):
        found = fixtures.ids_with(Identifier(IdentifierKind.PHONE, number))
        assert found == [int(contact_id[8:])]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/identifiers"),
        ({"identifiers": {}}, "/identifiers"),
        ({"identifiers": EMAIL, "contact": None}, "/contact"),
        ({"identifiers": EMAIL, "contact": {"id": "contact_7"}}, "/contact/id"),
        ({"identifiers": EMAIL, "contact": {"email": "x@example.com"}}, "/contact/email"),
        ({"identifiers": EMAIL, "contact": {"email": None}}, "/contact/email"),
        ({"identifiers": PHONE, "contact": {"phone_numbers": []}}, "/contact/phone_numbers"),
        ({"identifiers": EMAIL, "variables": {"level": 1}}, "/variables/level"),
        ({"identifiers": EMAIL, "first_name": "Jo"}, "/first_name"),
    ],
)
def test_a_fault_is_told_with_its_place(native: Api, fixtures: Fixtures, body, pointer: str):
    before = fixtures.items()
    answer = native.call("POST", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]
    assert fixtures.items() == before


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("POST", PATH, {"identifiers": EMAIL}).status == 403
