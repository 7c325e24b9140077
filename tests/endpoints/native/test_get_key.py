"""GET /v1/keys/{key_id}: get an API key, without the key itself."""

import pytest

from shared.domain.accounts import Caller
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures


def test_a_key_is_shown_with_all_that_it_may(operator: Api, fixtures: Fixtures, note_use):
    key = fixtures.key(
        "a_key_of_ann",
        permissions=("contacts:read",),
        resource="chatbots/bot_1",
        name="of Ann",
        user="ann",
        teams=frozenset({8, 7}),
        requests_per_minute=60,
    )
    note_use(fixtures.credentials, Caller("acme", key.key_id, LONG_AGO))
    answer = operator.call("GET", f"/v1/keys/{key.key_id}")
    assert answer.status == 200
    assert answer.document == {
        "id": key.key_id,
        "name": "of Ann",
        "hint": key.hint,
        "status": "active",
        "permissions": ["contacts:read@chatbots/bot_1"],
        "read_only": False,
        "requests_per_minute": 60,
        "user": "ann",
        "teams": [7, 8],
        "source": "api",
        "purpose": None,
        "sensitivity": "sensitive",
        "created_at": "2024-01-01T10:00:00.000Z",
        "created_by": None,
        "expires_at": None,
        "revoked_at": None,
        "revoked_by": None,
        "successor_id": None,
        "last_used_at": "2024-01-01T10:00:00.000Z",
    }


@pytest.mark.parametrize("key_id", ["nothing", "x" * 65, "x" * 2000, "a#b", "PROFILE"])
def test_what_is_not_there_is_404(key_id: str, operator: Api):
    answer = operator.call("GET", f"/v1/keys/{key_id.replace('#', '%23')}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_key_of_another_account_is_not_there(operator: Api, fixtures: Fixtures):
    foreign = fixtures.key("native_globex", account="globex", permissions=("*",))
    answer = operator.call("GET", f"/v1/keys/{foreign.key_id}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_an_entry_that_leads_to_a_key_of_another_account_shows_nothing(
    operator: Api, fixtures: Fixtures
):
    """No function writes such an entry; one that is wrong must not cross accounts."""
    foreign = fixtures.key("native_globex", account="globex", permissions=("*",))
    (entry,) = [
        each
        for each in fixtures.items()
        if each["entity"]["S"] == "api_key_entry" and "globex" in each["pk"]["S"]
    ]
    fixtures.put_back([{**entry, "pk": {"S": "ACCOUNT#acme#APIKEYS"}}])
    assert operator.call("GET", f"/v1/keys/{foreign.key_id}").status == 404
    assert operator.call("DELETE", f"/v1/keys/{foreign.key_id}").status == 404
    assert operator.call("GET", "/v1/account", key="native_globex").status == 200
