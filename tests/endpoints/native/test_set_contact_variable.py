"""PUT /v1/contacts/{contact_id}/variables/{name}: set one variable."""

from typing import Any

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/variables/level"


@pytest.fixture
def defined(native: Api, fixtures: Fixtures) -> Api:
    fixtures.definition("level", "select", select_options=("Silver", "Gold"))
    return native


def test_the_response_is_what_is_stored(defined: Api):
    answer = defined.call("PUT", PATH, {"value": "Gold"})
    assert (answer.status, answer.document["value"]) == (200, "Gold")
    stored = defined.call("GET", PATH)
    assert stored.document == answer.document
    assert stored.headers["etag"] == answer.headers["etag"]


def test_a_value_is_converted_to_its_type(native: Api, fixtures: Fixtures):
    fixtures.definition("level", "number")
    assert native.call("PUT", PATH, {"value": "42"}).document["value"] == 42


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/value"]),
        ({"value": None}, ["/value"]),
        ({"value": "Bronze"}, ["/value"]),
        ({"value": []}, ["/value"]),
        ({"value": "Gold", "confidence": 1.5}, ["/confidence"]),
        ({"value": "Gold", "confidence": -0.1}, ["/confidence"]),
        ({"value": "Gold", "confidence": True}, ["/confidence"]),
        ({"value": "Gold", "evidence": {"quote": "é" * 513}}, ["/evidence/quote"]),
        ({"value": "Gold", "evidence": {"turn": -1, "call": "x"}}, ["/evidence/turn"]),
        ({"value": None, "confidence": 2, "sure": 1}, ["/value", "/confidence", "/sure"]),
    ],
)
def test_every_fault_is_reported_and_nothing_is_written(
    defined: Api, fixtures: Fixtures, body: Any, pointers: list[str]
):
    before = fixtures.items()
    answer = defined.call("PUT", PATH, body)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert [each["pointer"] for each in answer.document["errors"]][: len(pointers)] == pointers
    assert fixtures.items() == before


def test_a_value_without_its_type_is_one_fault(defined: Api):
    answer = defined.call("PUT", PATH, {"value": 7})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/value"]


@pytest.mark.parametrize("name", ["nobody", "a%20b"])
def test_an_unknown_variable_is_not_found(defined: Api, name: str):
    answer = defined.call("PUT", f"/v1/contacts/contact_123/variables/{name}", {"value": 1})
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_variable_of_another_user_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.definition("level", owner="somebody")
    assert native.call("PUT", PATH, {"value": "Gold"}).status == 404


def test_a_current_entity_tag_is_accepted_and_a_stale_one_is_not(defined: Api):
    first = defined.call("PUT", PATH, {"value": "Silver"}).headers["etag"]
    second = defined.call("PUT", PATH, {"value": "Gold"}, headers={"If-Match": first})
    assert second.status == 200
    stale = defined.call("PUT", PATH, {"value": "Silver"}, headers={"If-Match": first})
    assert (stale.status, stale.document["code"]) == (412, "precondition_failed")
    assert stale.headers["etag"] == second.headers["etag"]
    assert defined.call("GET", PATH).document["value"] == "Gold"


def test_one_of_several_entity_tags_suffices(defined: Api):
    tag = defined.call("PUT", PATH, {"value": "Silver"}).headers["etag"]
    headers = {"If-Match": f'"other.tag", {tag}'}
    assert defined.call("PUT", PATH, {"value": "Gold"}, headers=headers).status == 200


def test_a_weak_entity_tag_never_matches(defined: Api):
    tag = defined.call("PUT", PATH, {"value": "Silver"}).headers["etag"]
    headers = {"If-Match": f"W/{tag}"}
    assert defined.call("PUT", PATH, {"value": "Gold"}, headers=headers).status == 412


def test_an_entity_tag_with_a_comma_is_one_tag(defined: Api):
    tag = defined.call("PUT", PATH, {"value": "Silver"}).headers["etag"]
    given = {"If-Match": '"a,b"'}
    assert defined.call("PUT", PATH, {"value": "Gold"}, headers=given).status == 412
    given = {"If-Match": f'"a,b" , {tag}'}
    assert defined.call("PUT", PATH, {"value": "Gold"}, headers=given).status == 200


def test_any_version_is_required(defined: Api):
    answer = defined.call("PUT", PATH, {"value": "Gold"}, headers={"If-Match": "*"})
    assert answer.status == 412
    assert "etag" not in answer.headers
    defined.call("PUT", PATH, {"value": "Silver"})
    assert defined.call("PUT", PATH, {"value": "Gold"}, headers={"If-Match": "*"}).status == 200


def test_a_malformed_entity_tag_is_a_fault_beside_those_of_the_body(defined: Api):
    answer = defined.call("PUT", PATH, {"value": None}, headers={"If-Match": "Gold"})
    assert answer.status == 400
    assert [each.get("header") or each["pointer"] for each in answer.document["errors"]] == [
        "If-Match",
        "/value",
    ]


@pytest.mark.parametrize("reference", ["contact_9", "123"])
def test_there_is_no_such_contact(defined: Api, reference: str):
    path = f"/v1/contacts/{reference}/variables/level"
    assert defined.call("PUT", path, {"value": "Gold"}).status == 404


def test_a_name_that_is_given_twice_is_a_fault(defined: Api):
    answer = defined.call("PUT", PATH, body=b'{"value": "Gold", "value": "Silver"}')
    assert (answer.status, answer.document["code"]) == (400, "malformed_body")


def test_a_large_value_is_stored_conditionally(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    tag = native.call("PUT", PATH, {"value": "x" * 9000}).headers["etag"]
    headers = {"If-Match": tag}
    assert native.call("PUT", PATH, {"value": "y" * 9000}, headers=headers).status == 200
    assert native.call("PUT", PATH, {"value": "z"}, headers=headers).status == 412
    assert native.call("GET", PATH).document["value"] == "y" * 9000


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PUT", PATH, {"value": "Gold"}).status == 403
