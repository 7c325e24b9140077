"""The last use of a key is recorded to the hour. No request waits for it or fails by it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Caller
from shared.domain.errors import Unavailable
from shared.table.credentials import CredentialTable
from shared.table.dynamo import Table
from tests.api import Api
from tests.fixtures import KEY, LONG_AGO, Fixtures


@pytest.fixture
def api(api: Api, note_use: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Api:
    monkeypatch.setattr(CredentialTable, "note_use", note_use)
    return api


def uses(fixtures: Fixtures) -> list[dict[str, Any]]:
    return [item for item in fixtures.items() if item["sk"]["S"] == "LAST_USED"]


def caller(at: datetime) -> Caller:
    return Caller("acme", "a-key", at)


def test_a_use_is_recorded_once_an_hour(api: Api, fixtures: Fixtures):
    for _ in range(3):
        assert api.call("GET", "/api/v1/contacts").status == 200
    (key,) = fixtures.credentials.list("acme")
    now = datetime.now(UTC)
    (used,) = fixtures.credentials.last_uses([key]).values()
    assert now - timedelta(hours=2) < used <= now
    assert used == used.replace(minute=0, second=0, microsecond=0)
    assert len(uses(fixtures)) == 1


def test_a_request_that_is_refused_is_no_use(api: Api, fixtures: Fixtures):
    assert api.call("GET", "/api/v1/contacts/9").status == 404
    assert Api("klen_unknown").call("GET", "/api/v1/contacts").status == 401
    assert uses(fixtures) == []


def test_a_failure_to_record_fails_no_request(
    api: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(Table, "raise_to", fail)
    assert api.call("GET", "/api/v1/contacts").status == 200
    assert uses(fixtures) == []


def test_the_latest_hour_stays(api: Api, fixtures: Fixtures):
    hours = [LONG_AGO + timedelta(hours=number) for number in (5, 2, 7, 3)]
    for at in hours:
        # Each is another function.
        table = Table(fixtures.client, fixtures.table_name)
        CredentialTable(table).note_use(caller(at))
    key = fixtures.key("klen_other")
    assert fixtures.credentials.last_uses([key]) == {}
    (item,) = uses(fixtures)
    assert item["hour"] == {"N": str(int(hours[2].timestamp()) // 3600)}


def test_a_use_is_shown_with_its_key(api: Api, fixtures: Fixtures):
    (key,) = fixtures.credentials.list("acme")
    assert fixtures.credentials.last_uses([key]) == {}
    CredentialTable(Table(fixtures.client, fixtures.table_name)).note_use(
        Caller("acme", key.key_id, LONG_AGO)
    )
    assert fixtures.credentials.last_uses([key]) == {key.key_id: LONG_AGO}
    assert fixtures.credentials.find(key.key_hash) == key
    assert KEY not in str(fixtures.items())
