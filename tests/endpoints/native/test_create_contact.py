"""POST /v1/contacts: create a contact with values of variables, once."""

from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts"
ONCE = {"Idempotency-Key": "a-key"}

FIELDS: dict[str, Any] = {
    "uuid": "0d9b2c51-7f3e-4b0a-9c6d-2f1e8a7b6c5d",
    "external_id": "crm-7",
    "first_name": "Jane",
    "last_name": "Doe",
    "full_name": "Dr. Jane Doe",
    "email": "jane@example.com",
    "phone_numbers": [
        {"number": "+12125550100", "type": "work", "is_primary": True, "do_not_call": True}
    ],
    "wa_id": "12125550101",
    "sms_phone_number": "+12125550102",
    "webchat_user_id": "user-1",
    "channel_ids": {"instagram": "jane"},
    "company": "Acme",
    "website": "https://example.com",
    "avatar": "https://example.com/jane.png",
    "platform": "whatsapp",
    "stage": "customer",
    "status": "contacted",
    "language": "EN",
    "time_zone": "America/New_York",
    "organization_ids": ["org_1"],
    "industry_context": {"seats": {"count": 1.5}},
    "tags": ["VIP"],
    "owner": None,
    "team": None,
}
ADDRESS = {"street": "Main St 1", "city": "Rome", "state": "NY", "zip_code": "1", "country": "US"}


def test_a_contact_is_created_with_every_field(native: Api):
    answer = native.call("POST", PATH, {**FIELDS, "address": ADDRESS})
    assert answer.status == 201
    shown = native.call("GET", f"/v1/contacts/{answer.document['id']}")
    assert shown.document == answer.document
    assert shown.headers["etag"] == answer.headers["etag"]
    assert {name: shown.document[name] for name in FIELDS} == FIELDS
    assert shown.document["address"] == ADDRESS


def test_a_contact_without_fields_gets_ids_of_its_own(native: Api):
    first, second = (native.call("POST", PATH, {}).document for _ in range(2))
    assert first["id"] != second["id"]
    assert first["uuid"] != second["uuid"]
    assert (first["stage"], first["status"], first["tags"]) == ("lead", "not_contacted", [])


def test_the_full_name_is_made_of_the_names(native: Api):
    body = {"first_name": "Jane", "last_name": "Doe"}
    assert native.call("POST", PATH, body).document["full_name"] == "Jane Doe"


def test_values_are_stored_with_the_contact(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    contact_id = native.call("POST", PATH, {"variables": {"level": "Gold"}}).document["id"]
    value = native.call("GET", f"{PATH}/{contact_id}/variables/level").document
    assert (value["value"], value["source"]) == ("Gold", "api")


def test_two_keys_of_one_variable_are_a_fault(native: Api, fixtures: Fixtures):
    body = {"variables": {"newOne": 1, "new_one": 2}}
    before = fixtures.items()
    answer = native.call("POST", PATH, body, query={"mode": "auto_create"})
    (fault,) = answer.document["errors"]
    assert (answer.status, fault["pointer"]) == (400, "/variables/new_one")
    assert fixtures.items() == before


def test_a_mode_defines_unknown_variables(native: Api):
    body = {"variables": {"visits": 3}}
    answer = native.call("POST", PATH, body, query={"mode": "auto_create"})
    variables = native.call("GET", f"{PATH}/{answer.document['id']}/variables").document
    assert variables["variables"]["visits"]["type"] == "number"


def test_an_undefined_variable_creates_nothing(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = native.call("POST", PATH, {"first_name": "Jo", "variables": {"a/b": 1, "level": 2}})
    faults = [(each["pointer"], each["code"]) for each in answer.document["errors"]]
    assert faults == [
        ("/variables/a~1b", "undefined_variable"),
        ("/variables/level", "undefined_variable"),
    ]
    assert fixtures.items() == before


def test_the_same_key_creates_one_contact(native: Api):
    body = {"first_name": "Jane"}
    first = native.call("POST", PATH, body, headers=ONCE)
    again = native.call("POST", PATH, body, headers=ONCE)
    assert (first.status, again.status) == (201, 201)
    assert again.document == first.document
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_a_replay_shows_the_contact_as_it_is_now(native: Api):
    first = native.call("POST", PATH, {}, headers=ONCE)
    native.call("PATCH", f"{PATH}/{first.document['id']}", {"first_name": "Jo"})
    assert native.call("POST", PATH, {}, headers=ONCE).document["first_name"] == "Jo"


def test_a_replay_for_a_deleted_contact_is_not_found(native: Api):
    first = native.call("POST", PATH, {}, headers=ONCE)
    native.call("DELETE", f"{PATH}/{first.document['id']}")
    assert native.call("POST", PATH, {}, headers=ONCE).status == 404


def test_another_request_with_the_same_key_is_refused(native: Api, fixtures: Fixtures):
    native.call("POST", PATH, {}, headers=ONCE)
    before = fixtures.items()
    answer = native.call("POST", PATH, {"first_name": "Jo"}, headers=ONCE)
    assert (answer.status, answer.document["code"]) == (422, "idempotency_key_reused")
    assert fixtures.items() == before


def test_the_key_of_a_request_about_variables_belongs_to_it(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    path = f"{PATH}/contact_123/variables"
    assert native.call("PATCH", path, {"level": "Gold"}, headers=ONCE).status == 200
    assert native.call("POST", PATH, {}, headers=ONCE).status == 422


def test_all_faults_are_told_at_once(native: Api):
    body = {
        "name": "Jo",
        "email": "nobody",
        "phone_numbers": [{"number": "abc"}],
        "stage": "",
        "team": 1.5,
        "time_zone": "Nowhere",
        "address": {"planet": "Mars"},
    }
    answer = native.call("POST", PATH, body, query={"mode": "x"}, headers={"Idempotency-Key": ""})
    assert answer.status == 400
    places = {
        each.get("pointer") or each.get("parameter") or each.get("header")
        for each in answer.document["errors"]
    }
    assert places == {
        *("mode", "Idempotency-Key", "/name", "/email", "/phone_numbers/0/number"),
        *("/stage", "/team", "/time_zone", "/address/planet"),
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"uuid": None}, "/uuid"),
        ({"external_id": ""}, "/external_id"),
        ({"first_name": "x" * 501}, "/first_name"),
        ({"full_name": "x" * 1002}, "/full_name"),
        ({"avatar": "x" * 2001}, "/avatar"),
        ({"wa_id": "x"}, "/wa_id"),
        ({"sms_phone_number": "x" * 501}, "/sms_phone_number"),
        ({"webchat_user_id": "é" * 251}, "/webchat_user_id"),
        ({"email": f"{'x' * 500}@example.com"}, "/email"),
        ({"tags": ["x"] * 51}, "/tags"),
        ({"tags": [""]}, "/tags/0"),
        ({"tags": ["x" * 101]}, "/tags/0"),
        ({"phone_numbers": [{"number": "+12125550100"}] * 11}, "/phone_numbers"),
        ({"phone_numbers": [{}]}, "/phone_numbers/0/number"),
        ({"channel_ids": {str(each): "x" for each in range(21)}}, "/channel_ids"),
        ({"organization_ids": ["x"] * 51}, "/organization_ids"),
        ({"industry_context": {"a": "x" * 10_241}}, "/industry_context"),
        ({"team": -1}, "/team"),
        ({"team": True}, "/team"),
        ({"variables": []}, "/variables"),
    ],
)
def test_a_field_over_its_limit_is_a_fault(native: Api, fixtures: Fixtures, body, pointer: str):
    before = fixtures.items()
    answer = native.call("POST", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]
    assert fixtures.items() == before


def test_a_contact_of_the_own_team_and_user(native: Api, fixtures: Fixtures):
    fixtures.key("a-member", permissions=("*",), user="ann", teams=frozenset({7}))
    answer = native.call("POST", PATH, {"owner": "ann", "team": 7}, key="a-member")
    assert (answer.document["owner"], answer.document["team"]) == ("ann", 7)


@pytest.mark.parametrize("body", [{"team": 8}, {"owner": "bob"}])
def test_a_contact_that_the_key_would_not_see(native: Api, fixtures: Fixtures, body):
    fixtures.key("a-member", permissions=("*",), user="ann", teams=frozenset({7}))
    answer = native.call("POST", PATH, body, key="a-member")
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")


def test_it_is_found_by_its_identifiers(native: Api, fixtures: Fixtures):
    contact_id = native.call("POST", PATH, FIELDS).document["id"]
    for kind, value in (
        (IdentifierKind.EMAIL, "JANE@example.com"),
        (IdentifierKind.PHONE, "+1 (212) 555-0100"),
        (IdentifierKind.EXTERNAL_ID, "crm-7"),
    ):
        assert fixtures.ids_with(Identifier(kind, value)) == [int(contact_id[8:])]


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("POST", PATH, {}).status == 403
