"""GET /v1/keys: list the API keys of the account, none of them in the clear."""

from datetime import UTC, datetime

import pytest

from shared.domain.accounts import Caller
from tests.api import Api
from tests.endpoints.native.conftest import OPERATOR
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/keys"


def test_keys_are_listed_page_by_page_in_order_of_id(operator: Api, fixtures: Fixtures):
    for number in range(5):
        fixtures.key(f"another_key_{number}")
    pages, cursor = [], None
    while cursor is not None or not pages:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        answer = operator.call("GET", PATH, query=query)
        assert answer.status == 200
        pages.append([each["id"] for each in answer.document["data"]])
        cursor = answer.document["next_cursor"]
    assert [len(each) for each in pages] == [3, 3, 1]
    listed = [each for page in pages for each in page]
    assert listed == sorted(each.key_id for each in fixtures.credentials.list("acme"))


def test_keys_that_are_created_now_are_listed_in_order_of_creation(
    operator: Api, fixtures: Fixtures
):
    made = operator.call("POST", PATH, {"permissions": ["contacts:read"]}).document["id"]
    now = int(datetime.now(UTC).timestamp())
    assert now - 60 <= int(made[:8], 16) <= now
    assert len(made) == 16


def test_a_key_is_listed_with_its_state_and_last_use(operator: Api, fixtures: Fixtures, note_use):
    used = fixtures.key("a_used_key")
    fixtures.key("an_expired_key", valid_until=LONG_AGO)
    fixtures.key("a_revoked_key", active=False)
    note_use(fixtures.credentials, Caller("acme", used.key_id, LONG_AGO))
    listed = operator.call("GET", PATH).document["data"]
    by_id = {each["id"]: each for each in listed}
    assert by_id[used.key_id]["last_used_at"] == "2024-01-01T10:00:00.000Z"
    assert sorted(each["status"] for each in listed) == [
        *("active", "active", "active", "expired", "revoked")
    ]
    assert all("secret" not in each and "key_hash" not in each for each in listed)
    assert OPERATOR not in str(listed)


def test_keys_of_another_account_are_not_listed(operator: Api, fixtures: Fixtures):
    foreign = fixtures.key("native_globex", account="globex", permissions=("keys:read",))
    listed = operator.call("GET", PATH).document["data"]
    assert foreign.key_id not in [each["id"] for each in listed]
    theirs = operator.call("GET", PATH, key="native_globex").document
    assert [each["id"] for each in theirs["data"]] == [foreign.key_id]
    assert theirs["next_cursor"] is None


def test_a_cursor_of_another_list_is_only_a_position(operator: Api, fixtures: Fixtures):
    """A cursor has no account: it can show nothing of another one."""
    fixtures.key("native_globex", account="globex", permissions=("keys:read",))
    cursor = operator.call("GET", PATH, query={"limit": "1"}).document["next_cursor"]
    answer = operator.call("GET", PATH, query={"cursor": cursor}, key="native_globex")
    own = {each.key_id for each in fixtures.credentials.list("globex")}
    assert {each["id"] for each in answer.document["data"]} <= own


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "?"}])
def test_a_page_that_cannot_be_is_400(query: dict[str, str], operator: Api):
    answer = operator.call("GET", PATH, query=query)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")


def test_a_key_that_only_writes_keys_does_not_list_them(operator: Api, fixtures: Fixtures):
    fixtures.key("native_writer", permissions=("keys:write",))
    assert operator.call("GET", PATH, key="native_writer").status == 403
