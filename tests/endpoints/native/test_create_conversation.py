"""POST /v1/conversations: create a conversation with a contact, once."""

from typing import Any

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/conversations"
BODY = {"contact_id": "contact_123"}
ONCE = {"Idempotency-Key": "a-key"}


def test_a_conversation_gets_an_id(native: Api):
    first, second = (native.call("POST", PATH, BODY) for _ in range(2))
    assert first.status == second.status == 201
    assert first.document["contact_id"] == "contact_123"
    assert first.document["id"] != second.document["id"]
    shown = native.call("GET", f"{PATH}/{first.document['id']}")
    assert shown.document == first.document


def test_a_conversation_can_have_an_id_of_the_client(native: Api):
    answer = native.call("POST", PATH, {**BODY, "id": "call 7/2"})
    assert (answer.status, answer.document["id"]) == (201, "call 7/2")
    assert native.call("GET", f"{PATH}/call%207%2F2").document == answer.document


def test_an_id_that_is_taken_is_a_fault(native: Api, fixtures: Fixtures):
    fixtures.contact(7)
    native.call("POST", PATH, {**BODY, "id": "conv_1"})
    before = fixtures.items()
    answer = native.call("POST", PATH, {"contact_id": "contact_7", "id": "conv_1"})
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == ["/id"]
    assert fixtures.items() == before


@pytest.mark.parametrize("body", [BODY, {**BODY, "id": "conv_1"}])
def test_the_same_key_creates_one_conversation(native: Api, body):
    first, again = (native.call("POST", PATH, body, headers=ONCE) for _ in range(2))
    assert (again.status, again.document) == (201, first.document)
    assert again.headers["idempotent-replayed"] == "true"
    listed = native.call("GET", "/v1/contacts/contact_123/conversations").document
    assert listed["data"] == [first.document]


def test_another_request_with_the_same_key_is_refused(native: Api):
    native.call("POST", PATH, BODY, headers=ONCE)
    answer = native.call("POST", PATH, {**BODY, "id": "conv_1"}, headers=ONCE)
    assert (answer.status, answer.document["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("reference", ["contact_9", "contact_10"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    assert native.call("POST", PATH, {"contact_id": reference}).status == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/contact_id"),
        ({"contact_id": "123"}, "/contact_id"),
        ({**BODY, "id": ""}, "/id"),
        ({**BODY, "id": "x" * 501}, "/id"),
        ({**BODY, "topic": "x"}, "/topic"),
    ],
)
def test_a_fault_is_told_with_its_place(native: Api, body: Any, pointer: str):
    answer = native.call("POST", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("POST", PATH, BODY).status == 403
