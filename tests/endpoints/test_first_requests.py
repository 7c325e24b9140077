"""A function decides by its earlier requests whether it reads the head with the key."""

from typing import Any

import pytest

from shared.services.accounts.access import new_api_key
from shared.table.dynamo import Table
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/v1/contacts/123/context"
VALID = {"document": {"variables": {"membership_level": "Gold"}}}
REFUSED: dict[str, tuple[int, dict[str, Any], dict[str, Any]]] = {
    "unknown key": (401, VALID, {}),
    "lacks a permission": (403, VALID, {"permissions": ("can_read_contacts",)}),
    "broken body": (400, {"body": b"{"}, {"permissions": ("can_write_contacts",)}),
}


@pytest.fixture
def keys_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record the number of keys of each BatchGetItem."""
    counts: list[int] = []
    get_many = Table.get_many

    def count(self: Table, wanted: Any, *rest: Any) -> Any:
        counts.append(len(wanted))
        return get_many(self, wanted, *rest)

    monkeypatch.setattr(Table, "get_many", count)
    return counts


@pytest.mark.parametrize("refused", REFUSED)
def test_a_function_whose_first_request_is_refused_learns_from_the_next(
    refused: str, api: Api, fixtures: Fixtures, keys_read: list[int]
):
    status, request, facts = REFUSED[refused]
    other, key = new_api_key("acme"), new_api_key("acme")
    fixtures.key(key)
    if facts:
        fixtures.key(other, **facts)
    assert Api(other).call("POST", PATH, **request).status == status
    for _ in range(2):
        keys_read.clear()
        assert Api(key).call("POST", PATH, **VALID).status == 200
    assert keys_read == [2, 1]


def test_a_function_without_definitions_reads_no_head_after_its_first_request(
    api: Api, fixtures: Fixtures, keys_read: list[int]
):
    key = new_api_key("acme")
    fixtures.key(key)
    for _ in range(2):
        keys_read.clear()
        assert Api(key).call("GET", "/api/v1/contacts").status == 200
    assert keys_read[0] == 1
