"""GET /v1/contacts/{contact_id}/activity: list what has changed on a contact."""

import base64
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.changes import LargeValue, VariableChange
from shared.domain.definitions import VariableType
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/activity"


def change(old: Any, new: Any, slot: int = 0, variable: str = "level") -> VariableChange:
    return VariableChange(slot, variable, VariableType.TEXT, old, new)


@pytest.fixture
def logged(native: Api, fixtures: Fixtures) -> Api:
    """Log four changes: of level twice, of plan, and of level by another API."""
    fixtures.definition("level")
    fixtures.definition("plan")
    fixtures.log(1, change(None, "a"))
    fixtures.log(2, change("a", "b"), change(None, "x", 1, "plan"))
    fixtures.log(3, change("b", None), channel="vambe", origin_id="crm-7")
    return native


def sequences(api: Api, **query: str) -> list[int]:
    answer = api.call("GET", PATH, query=query)
    assert answer.status == 200, answer.document
    return [each["sequence"] for each in answer.document["data"]]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_change_tells_from_what_to_what_by_whom_and_when(path: str, logged: Api):
    answer = logged.call("GET", path, query={"limit": "1"})
    (told,) = answer.document["data"]
    assert told == {
        "sequence": 4,
        "variable": "level",
        "type": "text",
        "old": "b",
        "new": None,
        "at": "2024-01-01T10:03:00.000Z",
        "source": "vambe",
        "key_id": "key-1",
        "request_id": "request-3",
        "origin_id": "crm-7",
    }


def test_a_large_value_is_told_by_its_size_and_digest(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.log(1, change("a", LargeValue(9000, "ab" * 32)))
    (told,) = native.call("GET", PATH).document["data"]
    assert (told["old"], told["new"]) == ("a", {"bytes": 9000, "sha256": "ab" * 32})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"variable": "level"}, [4, 2, 1]),
        ({"variable": "nobody"}, []),
        ({"source": "klen"}, [3, 2, 1]),
        ({"since": "2024-01-01T10:02:00Z"}, [4, 3, 2]),
        ({"until": "2024-01-01T10:02:00Z"}, [1]),
        ({"since": "2024-01-01T11:02:00+01:00", "until": "2024-01-01T10:03:00Z"}, [3, 2]),
        ({"after": "2"}, [4, 3]),
        ({"after": "4"}, []),
        ({"limit": "2"}, [4, 3]),
    ],
)
def test_filters(logged: Api, query: dict[str, str], expected: list[int]):
    assert sequences(logged, **query) == expected


@pytest.mark.parametrize("limit", ["1", "2", "3"])
def test_pages_have_every_change_once(logged: Api, limit: str):
    found: list[int] = []
    query = {"limit": limit}
    while True:
        document = logged.call("GET", PATH, query=query).document
        found += [each["sequence"] for each in document["data"]]
        if document["next_cursor"] is None:
            break
        query["cursor"] = document["next_cursor"]
    assert found == [4, 3, 2, 1]


def test_a_filter_that_takes_little_goes_on_behind_what_was_looked_at(
    native: Api, fixtures: Fixtures
):
    fixtures.definition("level")
    fixtures.definition("plan")
    fixtures.log(1, change(None, "x", 1, "plan"))
    for number in range(2, 250):
        fixtures.log(number, change(str(number - 1), str(number)))
    first = native.call("GET", PATH, query={"variable": "plan"}).document
    assert first["data"] == []
    query = {"variable": "plan", "cursor": first["next_cursor"]}
    second = native.call("GET", PATH, query=query).document
    assert [each["sequence"] for each in second["data"]] == [1]
    assert second["next_cursor"] is None


def test_changes_of_variables_of_others_are_not_shown(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.definition("secret", owner="somebody")
    fixtures.log(1, change(None, "a"), change(None, "x", 1, "secret"))
    assert sequences(native) == [1]


def test_what_has_expired_is_gone_before_it_is_deleted(native: Api, fixtures: Fixtures):
    fixtures.definition("level")
    fixtures.log(1, change(None, "a"), kept_for=timedelta(days=1))
    fixtures.log(2, change("a", "b"))
    assert sequences(native) == [2]


def test_a_contact_without_changes(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("reference", ["contact_9", "123", "contact_x", "contact_", "wh_1"])
def test_there_is_no_such_contact(native: Api, reference: str):
    answer = native.call("GET", f"/v1/contacts/{reference}/activity")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_contact_of_another_account_is_not_found(native: Api, fixtures: Fixtures):
    fixtures.contact(9, account="globex")
    assert native.call("GET", "/v1/contacts/contact_9/activity").status == 404


def test_every_fault_of_the_query_is_told(native: Api):
    query = {"after": "x", "since": "yesterday", "until": "2024-01-01T10:00:00"}
    query |= {"cursor": "MTp4", "limit": "0"}
    answer = native.call("GET", PATH, query=query)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert [each["parameter"] for each in answer.document["errors"]] == list(query)


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "x"}])
def test_a_bad_page(native: Api, query: dict[str, str]):
    assert native.call("GET", PATH, query=query).status == 400


@pytest.mark.parametrize("place", ["wh_1", "0", "-1", "1.5", "9" * 19])
def test_a_cursor_of_another_list(native: Api, place: str):
    cursor = base64.urlsafe_b64encode(f"1:{place}".encode()).decode().rstrip("=")
    assert native.call("GET", PATH, query={"cursor": cursor}).status == 400


def test_a_cursor_behind_the_first_change(logged: Api):
    query = {"cursor": base64.urlsafe_b64encode(b"1:1").decode().rstrip("=")}
    assert logged.call("GET", PATH, query=query).document == {"data": [], "next_cursor": None}


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    answer = Api("another-key").call("GET", PATH)
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
