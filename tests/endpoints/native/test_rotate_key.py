"""POST /v1/keys/{key_id}/rotate: give an API key a successor, and let both work for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.errors import InvalidApiKey
from shared.domain.sources import Source
from shared.services.accounts.access import authenticate, hash_api_key
from shared.table.api_keys import ApiKeyTable
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

OLD = "a_key_to_rotate"
DAY = {"overlap_hours": 24}
ONCE = {"idempotency-key": "a-rotation"}


@pytest.fixture
def path(operator: Api, fixtures: Fixtures) -> str:
    key = fixtures.key(OLD, permissions=("contacts:read",), name="old", source=Source.AI)
    return f"/v1/keys/{key.key_id}"


def enter(secret: str, after: timedelta = timedelta()) -> None:
    authenticate(wiring.credentials(), secret, datetime.now(UTC) + after)


def test_both_keys_work_until_the_overlap_ends(path: str, operator: Api):
    answer = operator.call("POST", f"{path}/rotate", DAY)
    assert answer.status == 201
    made = answer.document
    old = operator.call("GET", path).document
    assert made["replaces"] == {"id": old["id"], "expires_at": old["expires_at"]}
    assert old["successor_id"] == made["id"]
    same = ("name", "permissions", "source", "user", "teams", "requests_per_minute")
    assert [made[name] for name in same] == [old[name] for name in same]
    for secret in (OLD, made["secret"]):
        assert operator.call("GET", "/v1/contacts/contact_123", key=secret).status == 200
    enter(made["secret"], timedelta(hours=25))
    enter(OLD, timedelta(hours=23))
    with pytest.raises(InvalidApiKey):
        enter(OLD, timedelta(hours=25))


def test_without_an_overlap_the_old_key_ends_at_once(path: str, operator: Api):
    made = operator.call("POST", f"{path}/rotate", {"overlap_hours": 0}).document
    assert operator.call("GET", "/v1/contacts/contact_123", key=OLD).status == 401
    assert operator.call("GET", "/v1/contacts/contact_123", key=made["secret"]).status == 200


def test_a_key_never_ends_later_than_before(operator: Api, fixtures: Fixtures):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    key = fixtures.key("a_short_lived_key", permissions=("contacts:read",), valid_until=soon)
    made = operator.call("POST", f"/v1/keys/{key.key_id}/rotate", DAY).document
    assert made["replaces"]["expires_at"] == made["expires_at"]
    again = operator.call("POST", f"/v1/keys/{key.key_id}/rotate", DAY)
    assert again.status == 409


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"overlap_hours": -1}, {"overlap_hours": 721}, {"overlap_hours": 1.5}),
        *({"overlap_hours": "24"}, {"overlap_hours": True}, {"overlap_hours": 24, "extra": 1}),
    ],
)
def test_an_overlap_that_cannot_be_is_400(body: Any, path: str, operator: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = operator.call("POST", f"{path}/rotate", body)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert fixtures.items() == before


def test_a_key_is_rotated_once(path: str, operator: Api):
    made = operator.call("POST", f"{path}/rotate", DAY).document
    answer = operator.call("POST", f"{path}/rotate", DAY)
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert answer.document["detail"].endswith(f"its successor is {made['id']}")
    assert operator.call("POST", f"/v1/keys/{made['id']}/rotate", DAY).status == 201


@pytest.mark.parametrize("facts", [{"active": False}, {"valid_until": LONG_AGO}])
def test_a_key_that_has_ended_is_not_rotated(
    facts: dict[str, Any], operator: Api, fixtures: Fixtures
):
    key = fixtures.key("an_ended_key", permissions=("contacts:read",), **facts)
    answer = operator.call("POST", f"/v1/keys/{key.key_id}/rotate", DAY)
    assert (answer.status, answer.document["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"permissions": ("keys:read",)}, "permission keys:read"),
        ({"permissions": ("*",), "source": Source.HUMAN}, "source human"),
        ({"permissions": ("*",), "user": "ann"}, "user ann"),
        ({"permissions": ("*",), "teams": frozenset({7})}, "team 7"),
    ],
)
def test_a_key_that_has_more_is_not_rotated(
    facts: dict[str, Any], reason: str, operator: Api, fixtures: Fixtures
):
    key = fixtures.key("a_stronger_key", **facts)
    before = fixtures.items()
    answer = operator.call("POST", f"/v1/keys/{key.key_id}/rotate", DAY)
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert answer.document["detail"].endswith(reason)
    assert fixtures.items() == before


def test_a_key_that_manages_keys_does_not_rotate_itself(operator: Api, fixtures: Fixtures):
    """A stolen key could otherwise continue as another key after its revocation."""
    (own,) = [each for each in fixtures.credentials.list("acme") if len(each.grants) > 1]
    assert operator.call("POST", f"/v1/keys/{own.key_id}/rotate", DAY).status == 403


def test_a_retry_rotates_once_and_shows_no_secret(path: str, operator: Api, fixtures: Fixtures):
    first = operator.call("POST", f"{path}/rotate", DAY, headers=ONCE)
    before = fixtures.items()
    again = operator.call("POST", f"{path}/rotate", DAY, headers=ONCE)
    assert again.status == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert again.document == {**first.document, "secret": None}
    assert fixtures.items() == before
    other = operator.call("POST", f"{path}/rotate", {"overlap_hours": 1}, headers=ONCE)
    assert (other.status, other.document["code"]) == (422, "idempotency_key_reused")


def test_of_rotations_at_the_same_time_one_succeeds(path: str, operator: Api, fixtures: Fixtures):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: operator.call("POST", f"{path}/rotate", DAY), range(4)))
    assert sorted(each.status for each in answers) == [201, 409, 409, 409]
    (made,) = [each.document for each in answers if each.status == 201]
    assert operator.call("GET", path).document["successor_id"] == made["id"]
    assert len(fixtures.credentials.list("acme")) == 4


def test_a_concurrent_rotation_and_revocation_leave_no_unknown_key(
    path: str, operator: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """The key is revoked between the read and the write of the rotation."""
    limit_of = ApiKeyTable.account_limit

    def revoke_first(self: ApiKeyTable, account_id: str) -> int | None:
        operator.call("DELETE", path)
        return limit_of(self, account_id)

    monkeypatch.setattr(ApiKeyTable, "account_limit", revoke_first)
    answer = operator.call("POST", f"{path}/rotate", DAY)
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert fixtures.credentials.find(hash_api_key(OLD)).successor_id is None
    assert len(fixtures.credentials.list("acme")) == 3


def test_the_key_itself_is_stored_nowhere(path: str, operator: Api, fixtures: Fixtures):
    made = operator.call("POST", f"{path}/rotate", DAY, headers=ONCE).document
    assert made["secret"] not in str(fixtures.items())


def test_a_key_of_another_account_is_not_rotated(operator: Api, fixtures: Fixtures):
    foreign = fixtures.key("native_globex", account="globex", permissions=("contacts:read",))
    before = fixtures.items()
    answer = operator.call("POST", f"/v1/keys/{foreign.key_id}/rotate", DAY)
    assert (answer.status, answer.document["code"]) == (404, "not_found")
    assert operator.call("POST", "/v1/keys/nothing/rotate", DAY).status == 404
    assert fixtures.items() == before
