"""POST /v1/contacts/{contact_id}/variables/operations: operations, each counted once."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.definitions import VariableType
from tests.api import Answer, Api
from tests.fixtures import Fixtures

SET = "/v1/contacts/contact_123/variables"
PATH = f"{SET}/operations"


@pytest.fixture
def defined(native: Api, fixtures: Fixtures) -> Api:
    fixtures.definition("visits", "number")
    fixtures.definition("notes")
    fixtures.definition("born", "date")
    return native


def apply(api: Api, *operations: dict[str, Any], key: str | None = None) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.call("POST", PATH, {"operations": list(operations)}, headers=headers)


def increment(**members: Any) -> dict[str, Any]:
    return {"op": "increment", "variable": "visits", **members}


def on_notes(op: str, value: Any) -> dict[str, Any]:
    return {"op": op, "variable": "notes", "value": value}


def values(api: Api) -> dict[str, Any]:
    shown = api.call("GET", SET).document["variables"]
    return {name: each["value"] for name, each in shown.items()}


def test_an_increment_starts_at_nothing(defined: Api):
    assert apply(defined, increment(by=3)).document["results"]["visits"]["value"] == 3
    assert apply(defined, increment()).document["results"]["visits"]["value"] == 4
    assert apply(defined, increment(by=-1.5)).document["results"]["visits"]["value"] == 2.5
    assert values(defined) == {"visits": 2.5}


def test_decimal_fractions_add_up(defined: Api):
    apply(defined, increment(by=0.1))
    apply(defined, increment(by=0.2))
    assert values(defined) == {"visits": 0.3}


def test_lines_are_appended_and_removed(defined: Api):
    apply(defined, on_notes("append", "Called"))
    apply(defined, on_notes("append", "Called back"))
    assert values(defined) == {"notes": "Called\nCalled back"}
    apply(defined, on_notes("remove", "Called"))
    assert values(defined) == {"notes": "Called back"}
    result = apply(defined, on_notes("remove", "Called back")).document["results"]["notes"]
    assert result == {"outcome": "removed"}
    assert values(defined) == {}
    result = apply(defined, on_notes("remove", "Called back")).document["results"]["notes"]
    assert result == {"outcome": "unchanged"}


def test_a_value_is_set_once(defined: Api):
    assert apply(defined, on_notes("set_once", "")).document["results"]["notes"]["value"] == ""
    second = apply(defined, on_notes("set_once", "b")).document["results"]["notes"]
    assert (second["outcome"], second["value"]) == ("unchanged", "")


def test_an_empty_value_is_filled(defined: Api):
    apply(defined, on_notes("set_once", "  "))
    apply(defined, on_notes("fill_if_empty", "a"))
    apply(defined, on_notes("fill_if_empty", "b"))
    assert values(defined) == {"notes": "a"}


def test_several_operations_are_applied_together(defined: Api):
    answer = apply(defined, increment(), on_notes("append", "a"))
    assert {name: each["outcome"] for name, each in answer.document["results"].items()} == {
        "visits": "set",
        "notes": "set",
    }


@pytest.mark.parametrize(
    ("operation", "place"),
    [
        (increment(by="1"), "/operations/0/by"),
        (increment(by=True), "/operations/0/by"),
        (increment(by=1e39), "/operations/0"),
        (increment(value=1), "/operations/0/value"),
        ({"op": "increment", "variable": "notes"}, "/operations/0"),
        ({"op": "increment"}, "/operations/0/variable"),
        ({"op": "double", "variable": "visits"}, "/operations/0/op"),
        ({"op": "append", "variable": "visits", "value": "a"}, "/operations/0"),
        ({"op": "append", "variable": "notes"}, "/operations/0/value"),
        ({"op": "append", "variable": "notes", "value": "a", "by": 1}, "/operations/0/by"),
        (on_notes("append", "a\nb"), "/operations/0"),
        (on_notes("append", 1), "/operations/0"),
        ({"op": "set_once", "variable": "born", "value": "soon"}, "/operations/0"),
        ({"op": "increment", "variable": "nobody"}, "/operations/0/variable"),
    ],
)
def test_a_fault_is_reported_and_nothing_is_written(
    defined: Api, fixtures: Fixtures, operation: dict[str, Any], place: str
):
    before = fixtures.items()
    answer = apply(defined, operation, key="key-1")
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert [each["pointer"] for each in answer.document["errors"]] == [place]
    assert fixtures.items() == before


def test_every_fault_is_reported(defined: Api):
    unknown = {"op": "increment", "variable": "nobody"}
    answer = apply(defined, unknown, on_notes("append", 1))
    assert [each["pointer"] for each in answer.document["errors"]] == [
        "/operations/0/variable",
        "/operations/1",
    ]


def test_a_variable_that_is_named_twice_is_a_fault(defined: Api):
    answer = apply(defined, increment(), increment(by=2))
    assert [each["pointer"] for each in answer.document["errors"]] == ["/operations/1/variable"]


@pytest.mark.parametrize("count", [0, 101])
def test_the_number_of_operations_is_limited(defined: Api, count: int):
    answer = apply(defined, *[{"op": "append", "variable": f"v{i}"} for i in range(count)])
    assert [each["pointer"] for each in answer.document["errors"]] == ["/operations"]


def test_overflow_is_a_fault(defined: Api):
    apply(defined, increment(by=9e37))
    answer = apply(defined, increment(by=9e37))
    assert [each["pointer"] for each in answer.document["errors"]] == ["/operations/0"]


def test_a_stored_value_of_another_type_is_not_incremented(defined: Api, fixtures: Fixtures):
    apply(defined, on_notes("set_once", "many"))
    (notes,) = [each for each in fixtures.definitions.list("acme") if each.name == "notes"]
    number = replace(notes, variable_type=VariableType.NUMBER, version=2)
    fixtures.definitions.replace("acme", notes, number)
    answer = apply(defined, {"op": "increment", "variable": "notes"})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/operations/0"]


def test_a_repeated_request_counts_once(defined: Api):
    first = apply(defined, increment(), key="key-1")
    again = apply(defined, increment(), key="key-1")
    assert again.headers["idempotent-replayed"] == "true"
    assert again.document["results"]["visits"] == {
        name: value
        for name, value in first.document["results"]["visits"].items()
        if name != "value"
    }
    assert values(defined) == {"visits": 1}


def test_a_request_that_changes_nothing_is_recorded_too(defined: Api):
    apply(defined, on_notes("remove", "a"), key="key-1")
    again = apply(defined, on_notes("remove", "a"), key="key-1")
    assert again.headers["idempotent-replayed"] == "true"


def test_without_a_key_a_repeated_request_counts_again(defined: Api):
    apply(defined, increment())
    apply(defined, increment())
    assert values(defined) == {"visits": 2}


def test_a_stale_entity_tag_is_refused(defined: Api):
    tag = defined.call("GET", SET).headers["etag"]
    document = {"operations": [increment()]}
    assert defined.call("POST", PATH, document, headers={"If-Match": tag}).status == 200
    assert defined.call("POST", PATH, document, headers={"If-Match": tag}).status == 412


def test_a_value_on_a_page_that_does_not_exist_is_counted(native: Api, fixtures: Fixtures):
    for number in range(33):
        fixtures.definition(f"v{number}", "number")
    assert apply(native, {"op": "increment", "variable": "v32"}).status == 200
    assert apply(native, {"op": "increment", "variable": "v32"}).status == 200
    assert values(native) == {"v32": 2}


def test_a_large_text_is_appended_to(defined: Api):
    apply(defined, on_notes("append", "x" * 9000))
    apply(defined, on_notes("append", "y"), increment())
    assert values(defined) == {"visits": 1, "notes": "x" * 9000 + "\ny"}


def test_there_is_no_such_contact(defined: Api):
    path = "/v1/contacts/contact_9/variables/operations"
    assert defined.call("POST", path, {"operations": [increment()]}).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert apply(Api("another-key"), increment()).status == 403
