"""POST /v1/contacts/batch: many upserts, each with its own result."""

from typing import Any

import pytest

from shared.domain.errors import Unavailable
from shared.services.contacts import contact_batches
from shared.validation.values import MAX_VARIABLES_PER_REQUEST
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/batch"
ONCE = {"Idempotency-Key": "a-key"}


def item(number: int, **more: Any) -> dict[str, Any]:
    return {"identifiers": {"email": f"p{number}@example.com"}, **more}


def test_each_item_has_a_result_in_its_place(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.contact(7, email="p1@example.com")
    items = [item(number, variables={"level": "Gold"}) for number in range(3)]
    answer = native.call("POST", PATH, {"items": items})
    results = answer.document["results"]
    assert answer.status == 200
    assert [each["status"] for each in results] == [201, 200, 201]
    assert [each["created"] for each in results] == [True, False, True]
    assert results[1]["contact_id"] == "contact_7"
    for each in results:
        value = native.call("GET", f"/v1/contacts/{each['contact_id']}/variables/level")
        assert value.document["version"] == each["results"]["level"]["version"]


def test_a_bad_item_fails_alone(native: Api, fixtures: Fixtures):
    fixtures.contact(8, email="two@example.com")
    fixtures.contact(9, email="two@example.com")
    fixtures.contact(10, email="hidden@example.com", team=7)
    items = [
        item(1),
        item(2, contact={"stage": ""}, name="x"),
        item(3, variables={"level": 1}),
        {"identifiers": {"email": "two@example.com"}},
        {"identifiers": {"email": "hidden@example.com"}},
        7,
        item(4),
    ]
    results = native.call("POST", PATH, {"items": items}).document["results"]
    assert [each["status"] for each in results] == [201, 400, 400, 409, 403, 400, 201]
    problems = [each.get("problem") for each in results]
    pointers = {each["pointer"] for each in problems[1]["errors"]}
    assert pointers == {"/contact/stage", "/name"}
    assert problems[2]["errors"][0]["pointer"] == "/variables/level"
    assert problems[3]["candidates"] == ["contact_8", "contact_9"]
    assert {"contact_id", "created", "results"}.isdisjoint(results[1])


def test_the_items_have_at_most_as_many_variables_as_one_request(native: Api, fixtures: Fixtures):
    variables = {f"v{number}": number for number in range(MAX_VARIABLES_PER_REQUEST // 2)}
    items = [item(0, variables=variables), item(1, variables={**variables, "one_more": 1})]
    before = fixtures.items()
    answer = native.call("POST", PATH, {"items": items})
    assert (answer.status, answer.document["code"]) == (413, "too_many_variables")
    assert fixtures.items() == before


def test_an_item_with_an_identifier_of_an_earlier_one_is_refused(native: Api):
    items = [
        item(1, contact={"company": "A"}),
        {"identifiers": {"email": "P1@example.com", "uuid": "u"}, "contact": {"company": "B"}},
        item(2),
    ]
    results = native.call("POST", PATH, {"items": items}).document["results"]
    assert [each["status"] for each in results] == [201, 400, 201]
    (fault,) = results[1]["problem"]["errors"]
    assert (fault["pointer"], fault["detail"]) == ("/identifiers/email", "item 0 has it already")
    shown = native.call("GET", f"/v1/contacts/{results[0]['contact_id']}").document
    assert shown["company"] == "A"


def test_a_retry_applies_only_what_was_not_applied(native: Api, monkeypatch: pytest.MonkeyPatch):
    """The second item fails at first, as if the storage had not answered."""
    body = {"items": [item(number, contact={"company": "A"}) for number in range(3)]}
    upsert, calls = contact_batches.upsert_contact, []

    def failing(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise Unavailable
        return upsert(*given)

    with monkeypatch.context() as patch:
        patch.setattr(contact_batches, "upsert_contact", failing)
        first = native.call("POST", PATH, body, headers=ONCE).document["results"]
    assert [each["status"] for each in first] == [201, 500, 201]
    native.call("PATCH", f"/v1/contacts/{first[0]['contact_id']}", {"company": "B"})
    again = native.call("POST", PATH, body, headers=ONCE).document["results"]
    assert [each["status"] for each in again] == [201, 201, 201]
    assert (again[0], again[2]) == (first[0], first[2])
    shown = native.call("GET", f"/v1/contacts/{first[0]['contact_id']}").document
    assert shown["company"] == "B"


def test_another_batch_with_the_same_key_is_refused_by_item(native: Api):
    native.call("POST", PATH, {"items": [item(1)]}, headers=ONCE)
    results = native.call("POST", PATH, {"items": [item(2)]}, headers=ONCE).document["results"]
    assert [each["status"] for each in results] == [422]


def test_items_after_the_time_is_over_are_unavailable(native: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contact_batches, "_SECONDS", -1)
    results = native.call("POST", PATH, {"items": [item(1), item(2)]}).document["results"]
    assert [each["problem"]["code"] for each in results] == ["unavailable", "unavailable"]


def test_unknown_names_are_defined_once_for_all_items(native: Api, fixtures: Fixtures):
    items = [item(number, variables={"visits": number}) for number in range(3)]
    answer = native.call("POST", PATH, {"items": items}, query={"mode": "auto_create"})
    assert [each["status"] for each in answer.document["results"]] == [201, 201, 201]
    assert [each.name for each in fixtures.definitions.list("acme")] == ["visits"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/items"),
        ({"items": []}, "/items"),
        ({"items": [item(each) for each in range(101)]}, "/items"),
        ({"items": [item(1)], "mode": "strict"}, "/mode"),
    ],
)
def test_a_fault_of_the_whole_applies_nothing(
    native: Api, fixtures: Fixtures, body: Any, pointer: str
):
    before = fixtures.items()
    answer = native.call("POST", PATH, body)
    assert answer.status == 400
    assert [each["pointer"] for each in answer.document["errors"]] == [pointer]
    assert fixtures.items() == before


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("POST", PATH, {"items": [item(1)]}).status == 403
