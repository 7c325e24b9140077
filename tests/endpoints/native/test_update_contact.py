"""PATCH /v1/contacts/{contact_id}: a merge patch of the fields of a contact."""

from typing import Any

import pytest

from shared.domain.contacts import Address, Identifier, IdentifierKind, PhoneNumber
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123"
ONCE = {"Idempotency-Key": "a-key"}


def test_fields_that_are_not_sent_stay(native: Api):
    before = native.call("GET", PATH).document
    answer = native.call("PATCH", PATH, {"company": "Acme"})
    assert answer.status == 200
    assert answer.document == {
        **before,
        "company": "Acme",
        "updated_at": answer.document["updated_at"],
    }
    assert answer.document["updated_at"] > before["updated_at"]
    assert native.call("GET", PATH).headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize(
    ("field", "value", "empty"),
    [
        ("first_name", "Jo", ""),
        ("email", "jo@example.com", None),
        ("phone_numbers", [{"number": "+12125550100"}], []),
        ("channel_ids", {"instagram": "jo"}, {}),
        ("industry_context", {"seats": 3}, {}),
        ("organization_ids", ["org_1"], []),
        ("avatar", "https://example.com/a.png", None),
        ("platform", "web", None),
        ("stage", "customer", "lead"),
        ("status", "contacted", "not_contacted"),
        ("tags", ["VIP"], []),
        ("language", "EN", None),
    ],
)
def test_null_empties_a_field(native: Api, field: str, value: Any, empty: Any):
    native.call("PATCH", PATH, {field: value})
    assert native.call("PATCH", PATH, {field: None}).document[field] == empty


def test_objects_are_merged_and_lists_replaced(native: Api, fixtures: Fixtures):
    fixtures.contact(
        7,
        channel_ids={"instagram": "jo", "telegram": "jo7"},
        industry_context={"car": {"make": "A", "year": 1999}, "seats": 3},
        tags=("old",),
    )
    patch = {
        "channel_ids": {"instagram": None, "signal": "jo"},
        "industry_context": {"car": {"year": None, "doors": 4}},
        "tags": ["new", "new"],
    }
    changed = native.call("PATCH", "/v1/contacts/contact_7", patch).document
    assert changed["channel_ids"] == {"telegram": "jo7", "signal": "jo"}
    assert changed["industry_context"] == {"car": {"make": "A", "doors": 4}, "seats": 3}
    assert changed["tags"] == ["new"]


def test_a_street_replaces_the_number_of_the_house(native: Api, fixtures: Fixtures):
    fixtures.contact(7, address=Address("Main St", "Rome", house_number="1"))
    moved = native.call("PATCH", "/v1/contacts/contact_7", {"address": {"city": "Bari"}})
    assert (moved.document["address"]["street"], moved.document["address"]["city"]) == (
        "Main St 1",
        "Bari",
    )
    patch = {"address": {"street": "Side St 2", "city": None}}
    shown = native.call("PATCH", "/v1/contacts/contact_7", patch).document["address"]
    assert (shown["street"], shown["city"]) == ("Side St 2", "")
    emptied = native.call("PATCH", "/v1/contacts/contact_7", {"address": None}).document
    assert (emptied["address"]["street"], emptied["address"]["country"]) == ("", "US")


def test_a_number_that_stays_keeps_its_id(native: Api, fixtures: Fixtures):
    stored = PhoneNumber(4, "+12125550100", "work", do_not_call=True, dnc_reason="asked")
    fixtures.contact(7, phone_numbers=(stored,))
    numbers = [
        {"number": "+12125550199"},
        {"number": "+1 212 555 0100", "do_not_call": True},
    ]
    native.call("PATCH", "/v1/contacts/contact_7", {"phone_numbers": numbers})
    contact = fixtures.contacts.find("acme", 7)
    assert contact is not None
    assert [(each.phone_id, each.dnc_reason) for each in contact.phone_numbers] == [
        (5, None),
        (4, "asked"),
    ]


def test_it_is_found_by_its_new_identifier_only(native: Api, fixtures: Fixtures):
    native.call("PATCH", PATH, {"email": "old@example.com"})
    native.call("PATCH", PATH, {"email": "new@example.com"})
    assert fixtures.ids_with(Identifier(IdentifierKind.EMAIL, "old@example.com")) == []
    assert fixtures.ids_with(Identifier(IdentifierKind.EMAIL, "new@example.com")) == [123]


def test_a_patch_that_changes_nothing_leaves_the_version(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = native.call("PATCH", PATH, {"first_name": "John"})
    assert answer.headers["etag"].startswith('"1.')
    assert fixtures.items() == before


def test_a_stale_entity_tag_changes_nothing(native: Api):
    old = native.call("GET", PATH).headers["etag"]
    new = native.call("PATCH", PATH, {"company": "A"}, headers={"If-Match": old}).headers["etag"]
    answer = native.call("PATCH", PATH, {"company": "B"}, headers={"If-Match": old})
    assert (answer.status, answer.headers["etag"]) == (412, new)
    assert native.call("GET", PATH).document["company"] == "A"


def test_the_same_key_changes_once(native: Api):
    native.call("PATCH", PATH, {"company": "A"}, headers=ONCE)
    native.call("PATCH", PATH, {"company": "B"})
    again = native.call("PATCH", PATH, {"company": "A"}, headers=ONCE)
    assert (again.status, again.document["company"]) == (200, "B")
    assert again.headers["idempotent-replayed"] == "true"


def test_the_key_of_a_patch_without_effect_is_kept_too(native: Api):
    native.call("PATCH", PATH, {"first_name": "John"}, headers=ONCE)
    native.call("PATCH", PATH, {"first_name": "Jo"})
    again = native.call("PATCH", PATH, {"first_name": "John"}, headers=ONCE)
    assert again.document["first_name"] == "Jo"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"id": "contact_7"}, "/id"),
        ({"uuid": None}, "/uuid"),
        ({"email": "x"}, "/email"),
        ({"variables": {}}, "/variables"),
    ],
)
def test_a_fault_is_told_with_its_place(native: Api, body, pointer: str):
    answer = native.call("PATCH", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]


def test_a_merged_object_over_its_limit_is_a_fault(native: Api, fixtures: Fixtures):
    fixtures.contact(7, channel_ids={str(each): "x" for each in range(20)})
    answer = native.call("PATCH", "/v1/contacts/contact_7", {"channel_ids": {"x": "y"}})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/channel_ids"]


def test_a_contact_of_the_team_can_be_given_to_nobody_else(native: Api, fixtures: Fixtures):
    fixtures.key("a-member", permissions=("*",), user="ann", teams=frozenset({7}))
    fixtures.contact(9, team=7, owner="bob")
    path = "/v1/contacts/contact_9"
    assert native.call("PATCH", path, {"company": "A"}, key="a-member").status == 200
    assert native.call("PATCH", path, {"team": 8}, key="a-member").status == 403
    assert native.call("PATCH", path, {"owner": "eve"}, key="a-member").status == 403
    assert native.call("PATCH", path, {"owner": "ann"}, key="a-member").status == 200


@pytest.mark.parametrize("reference", ["contact_9", "contact_10", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    assert native.call("PATCH", f"/v1/contacts/{reference}", {}).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PATCH", PATH, {}).status == 403
