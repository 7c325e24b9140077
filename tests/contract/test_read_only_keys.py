"""A read-only API key changes nothing by any endpoint of any API."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from shared.services.accounts.access import READING_METHODS
from tests.api import Answer, Api, dialect_of, is_told_in_band, template
from tests.contract.test_policies import CALLS, EVERYTHING, stage
from tests.fixtures import Fixtures
from tests.permissions import Recorder

READ_ONLY = "read_only_0123456789"
KEYED = [each for each in CALLS if dialect_of(each) not in ("docs", "hooks")]
WRITES = {"DeleteItem", "PutItem", "UpdateItem", "SendMessage", "PutObject"}

FORBIDDEN = {
    "klen": {"error": "permission_denied", "message": "The API key is read-only"},
    "chatcaptain": {
        "statusCode": 403,
        "message": "Insufficient permissions.",
        "error": "Forbidden",
    },
    "setter": {"error": "Forbidden", "message": "The API key is read-only"},
    "vambe": {"statusCode": 403, "message": "The API key is read-only", "error": "Forbidden"},
}


def send(method: str, path: str, document: Any, key: str = READ_ONLY) -> Answer:
    found, _, query = path.partition("?")
    headers = {"x-chatcaptain-key": key}
    return Api(key).call(method, found, document, query=dict(parse_qsl(query)), headers=headers)


def methods_of(logical_id: str) -> set[str]:
    return {route.method for route in template().routes if route.function == logical_id}


def without_counters(fixtures: Fixtures) -> list[dict[str, Any]]:
    return [each for each in fixtures.items() if each["entity"]["S"] != "request_count"]


def test_no_function_has_routes_that_read_and_routes_that_write():
    for logical_id in KEYED:
        methods = methods_of(logical_id)
        assert methods <= READING_METHODS or not methods & READING_METHODS, logical_id
        assert "ANY" not in methods


@pytest.mark.parametrize("logical_id", [each for each in KEYED if methods_of(each) != {"GET"}])
@pytest.mark.parametrize("limit", [None, 100])
def test_a_read_only_key_is_refused_by_what_may_write(
    logical_id: str, limit: int | None, everything: Fixtures, api: Api, fixtures: Fixtures
):
    calls = stage(logical_id, fixtures)
    fixtures.key(READ_ONLY, permissions=EVERYTHING, read_only=True, requests_per_minute=limit)
    before = without_counters(fixtures)
    dialect = dialect_of(logical_id)
    for method, path, document in calls:
        with Recorder() as recorder:
            answer = send(method, path, document)
        assert answer.status == 403
        if dialect == "native":
            assert answer.document["code"] == "permission_denied"
            assert answer.document["detail"] == "The API key is read-only"
        else:
            assert answer.document == FORBIDDEN[dialect]
        written = {action for action, _ in recorder.actions} & WRITES
        assert written == ({"UpdateItem"} if limit else set())
    assert without_counters(fixtures) == before


@pytest.mark.parametrize("logical_id", [each for each in KEYED if methods_of(each) == {"GET"}])
def test_a_read_only_key_reads_and_nothing_is_written(
    logical_id: str, everything: Fixtures, api: Api, fixtures: Fixtures
):
    calls = stage(logical_id, fixtures)
    fixtures.key(READ_ONLY, permissions=EVERYTHING, read_only=True)
    before = fixtures.items()
    for call in calls:
        with Recorder() as recorder:
            answer = send(*call)
        assert answer.status == 200
        assert not is_told_in_band(answer)
        assert {action for action, _ in recorder.actions}.isdisjoint(WRITES)
    assert fixtures.items() == before


def test_a_broken_body_with_a_read_only_key_is_refused_for_the_key(api: Api, fixtures: Fixtures):
    fixtures.key(READ_ONLY, permissions=EVERYTHING, read_only=True)
    answer = Api(READ_ONLY).call("POST", "/api/v1/contacts/create", body=b"{")
    assert (answer.status, answer.document) == (403, FORBIDDEN["klen"])


@pytest.mark.parametrize("permissions", [("can_read_contacts",), ("can_write_contacts",)])
def test_a_key_that_may_read_or_write_contacts_changes_none_when_it_is_read_only(
    permissions: tuple[str, ...], api: Api, fixtures: Fixtures
):
    fixtures.key(READ_ONLY, permissions=permissions, read_only=True)
    before = fixtures.items()
    for method, path in (("POST", "create"), ("PATCH", "123/update"), ("PUT", "123/update")):
        answer = send(method, f"/api/v1/contacts/{path}", {"first_name": "Jo"})
        assert (answer.status, answer.document) == (403, FORBIDDEN["klen"])
    assert fixtures.items() == before


def test_a_read_only_key_without_permissions_reads_an_api_without_permissions(
    api: Api, fixtures: Fixtures
):
    fixtures.key(READ_ONLY, permissions=(), read_only=True)
    assert send("GET", "/api/public/contacts?created_after=2020-01-01", None).status == 200
    answer = send("POST", "/api/webhooks", {"url": "https://example.com/h"})
    assert (answer.status, answer.document) == (403, FORBIDDEN["vambe"])
