"""Limits of keys and accounts: headers in the native API, and 429 of every API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts import ApiKeyDraft
from shared.services.accounts import access
from shared.services.accounts.account_limits import limit_account
from shared.services.accounts.administration import create_key
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123"
NOW = datetime(2026, 11, 28, 10, 0, 3, tzinfo=UTC)
ACCOUNT = "native_of_a_limited_account"
GLOBEX = "native_of_another_account"


@pytest.fixture
def limited(native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Return a client of an account with one request a second, which is ten in a window."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return NOW.astimezone(tz)

    monkeypatch.setattr(wiring, "datetime", Clock)
    fixtures.account("acme")
    fixtures.key(ACCOUNT, permissions=("*",))
    limit_account(fixtures.accounts, fixtures.credentials, "acme", 1)
    return Api(ACCOUNT)


def limits_of(answer: Any) -> tuple[str | None, str | None]:
    return answer.headers.get("ratelimit-policy"), answer.headers.get("ratelimit")


def test_without_a_limit_no_header_is_sent_and_nothing_is_written(native: Api, fixtures: Fixtures):
    before = fixtures.items()
    assert limits_of(native.call("GET", PATH)) == (None, None)
    assert fixtures.items() == before


def test_the_limit_of_a_key_is_told(native: Api, fixtures: Fixtures):
    fixtures.key("native_limited", permissions=("*",), requests_per_minute=2)
    told = [native.call("GET", PATH, key="native_limited") for _ in range(3)]
    assert [each.status for each in told] == [200, 200, 429]
    assert {limits_of(each)[0] for each in told} == {'"key";q=2;w=60'}
    left = [limits_of(each)[1].split(";") for each in told]
    assert [each[:2] for each in left] == [['"key"', f"r={number}"] for number in (1, 0, 0)]
    assert left[2][2] == f"t={told[2].headers['retry-after']}"


def test_the_limit_of_an_account_is_told(limited: Api):
    answer = limited.call("GET", PATH)
    assert limits_of(answer) == ('"account";q=10;w=10', '"account";r=9;t=7')


def test_all_keys_of_an_account_share_its_limit(limited: Api, native: Api):
    told = [client.call("GET", PATH) for _ in range(6) for client in (limited, native)]
    assert [each.status for each in told] == [200] * 10 + [429] * 2
    assert told[-1].headers["retry-after"] == "7"
    assert limits_of(told[-1]) == ('"account";q=10;w=10', '"account";r=0;t=7')
    assert told[-1].document["code"] == "rate_limit_exceeded"


def test_one_account_does_not_slow_another(limited: Api, fixtures: Fixtures):
    fixtures.key(GLOBEX, account="globex", permissions=("*",))
    fixtures.contact(account="globex")
    for _ in range(12):
        last = limited.call("GET", PATH)
    assert last.status == 429
    assert [limited.call("GET", PATH, key=GLOBEX).status for _ in range(12)] == [200] * 12


def test_a_request_that_its_key_may_not_make_counts_not_for_the_account(
    limited: Api, fixtures: Fixtures
):
    fixtures.account("globex")
    limit_account(fixtures.accounts, fixtures.credentials, "globex", 1)
    fixtures.key(
        "native_limited",
        account="globex",
        permissions=("*",),
        requests_per_minute=1,
        account_requests_per_second=1,
    )
    told = [limited.call("GET", "/v1/webhooks", key="native_limited") for _ in range(15)]
    assert [each.status for each in told] == [200] + [429] * 14
    assert limits_of(told[0])[0] == '"key";q=1;w=60, "account";q=10;w=10'
    assert limits_of(told[1])[0] == '"key";q=1;w=60'
    assert limits_of(told[0])[1] == '"key";r=0;t=57, "account";r=9;t=7'


def test_a_refused_request_counts_and_has_the_headers(limited: Api):
    answer = limited.call("GET", "/v1/contacts/contact_9")
    assert answer.status == 404
    assert limits_of(answer)[1] == '"account";r=9;t=7'
    assert limits_of(limited.call("GET", PATH, key="native_unknown")) == (None, None)


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        (
            "GET",
            "/api/v1/contacts/123",
            {
                "error": "rate_limit_exceeded",
                "message": "Rate limit exceeded; try again in 7 seconds",
            },
        ),
        (
            "GET",
            "/v1/chatbots/bot_1/variables",
            {"statusCode": 429, "message": "Try again in 7 seconds.", "error": "Too Many Requests"},
        ),
        (
            "PUT",
            "/api/v1/contacts",
            {"error": "Too Many Requests", "message": "Try again in 7 seconds"},
        ),
        (
            "GET",
            "/api/public/tags",
            {"statusCode": 429, "message": "Try again in 7 seconds", "error": "Too Many Requests"},
        ),
    ],
)
def test_the_other_apis_say_it_as_they_say_it_of_a_key(
    method: str, path: str, document: Any, limited: Api
):
    for _ in range(10):
        limited.call("GET", PATH)
    headers = {"x-chatcaptain-key": ACCOUNT}
    answer = limited.call(method, path, {} if method == "PUT" else None, headers=headers)
    assert (answer.status, answer.document) == (429, document)
    assert answer.headers["retry-after"] == "7"
    assert limits_of(answer) == (None, None)


def test_a_limit_applies_from_the_next_request_and_so_does_its_removal(
    native: Api, fixtures: Fixtures
):
    fixtures.account("acme")
    assert limits_of(native.call("GET", PATH)) == (None, None)
    assert limit_account(fixtures.accounts, fixtures.credentials, "acme", 5) == 1
    assert limits_of(native.call("GET", PATH))[0] == '"account";q=50;w=10'
    limit_account(fixtures.accounts, fixtures.credentials, "acme", None)
    assert limits_of(native.call("GET", PATH)) == (None, None)
    assert fixtures.accounts.find("acme").requests_per_second is None
    assert all(each["v"] == {"N": "1"} for each in fixtures.items())


def test_keys_of_a_limited_account_are_created_with_its_limit(limited: Api, fixtures: Fixtures):
    operator = "native_operator_0123456789"
    facts = {"permissions": ("*", "keys:write"), "account_requests_per_second": 1}
    fixtures.key(operator, **facts)
    body = {"permissions": ["contacts:read"]}
    made = limited.call("POST", "/v1/keys", body, key=operator).document
    rotate = f"/v1/keys/{made['id']}/rotate"
    rotated = limited.call("POST", rotate, {"overlap_hours": 1}, key=operator).document
    for secret in (made["secret"], rotated["secret"]):
        answer = limited.call("GET", PATH, key=secret)
        assert limits_of(answer)[0] == '"account";q=10;w=10'
    secret, _ = create_key(fixtures.accounts, fixtures.credentials, "acme", ApiKeyDraft(), NOW)
    found = fixtures.credentials.find(access.hash_api_key(secret))
    assert found.account_requests_per_second == 1
