"""GET /v1/definitions: definitions in order of context type and name."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/definitions"


@pytest.fixture
def defined(native: Api, fixtures: Fixtures) -> Api:
    """Return a client that sees five definitions, between others that it does not see."""
    for name in ("b", "a", "ä" * 100):
        fixtures.definition(name)
    fixtures.definition("z", context_type="business")
    fixtures.definition("topic", context_type="conversation")
    for number in range(3):
        fixtures.definition(f"a_hidden_{number}", owner="ann")
    gone = fixtures.definition("aa_deleted")
    fixtures.definitions.delete("acme", gone)
    return native


def pages(api: Api, limit: str, **query: str) -> list[list[str]]:
    """The names of each page of a list."""
    found, cursor = [], {}
    while cursor is not None:
        page = api.call("GET", PATH, query={**query, **cursor, "limit": limit}).document
        found.append([each["name"] for each in page["data"]])
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    return found


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("1", [["z"], ["a"], ["b"], ["ä" * 100], ["topic"]]),
        ("2", [["z", "a"], ["b", "ä" * 100], ["topic"]]),
        ("5", [["z", "a", "b", "ä" * 100, "topic"]]),
    ],
)
def test_definitions_are_listed_by_pages(defined: Api, limit: str, expected: list[list[str]]):
    assert pages(defined, limit) == expected


@pytest.mark.parametrize(
    ("context_type", "expected"),
    [
        ("business", [["z"]]),
        ("contact", [["a", "b"], ["ä" * 100]]),
        ("conversation", [["topic"]]),
    ],
)
def test_they_are_filtered_by_context_type(
    defined: Api, context_type: str, expected: list[list[str]]
):
    assert pages(defined, "2", context_type=context_type) == expected


def test_an_account_without_definitions_has_an_empty_page(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


def test_every_fault_of_a_query_is_told_at_once(defined: Api):
    query = {"context_type": "planet", "limit": "0", "cursor": "x"}
    answer = defined.call("GET", PATH, query=query)
    assert answer.status == 400
    named = {each["parameter"] for each in answer.document["errors"]}
    assert named == {"context_type", "limit", "cursor"}


def test_a_cursor_of_another_list_is_refused(defined: Api):
    cursor = defined.call("GET", PATH, query={"limit": "1"}).document["next_cursor"]
    query = {"cursor": cursor, "context_type": "contact"}
    answer = defined.call("GET", PATH, query=query)
    assert [each["parameter"] for each in answer.document["errors"]] == ["cursor"]


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another-key", permissions=("definitions:write",))
    assert native.call("GET", PATH, key="another-key").status == 403
