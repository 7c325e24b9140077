"""Authentication, permissions and limits of every endpoint of Klen AI's API."""

from datetime import UTC, datetime

import pytest

from shared.services.accounts.access import new_api_key
from tests.api import Api, template
from tests.fixtures import KEY, LONG_AGO, Fixtures

READ_OR_WRITE = {"KlenCreateContact", "KlenUpdateContact"}
ROUTES = [
    route
    for route in template().routes
    if route.function.startswith("Klen") and not route.path.endswith("/")
]
IDS = [route.key for route in ROUTES]
INVALID = {"error": "invalid_key", "message": "Invalid or inactive API key"}


def path_of(route) -> str:
    return route.path.replace("{contact_id}", "123").replace("{variable_id}", "2")


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_authentication_required_also_before_a_broken_body(route, api: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = api.call(route.method, path_of(route), body=b"{", key=None)
    assert (answer.status, answer.document) == (
        401,
        {"error": "authentication_required", "message": "No API key was provided"},
    )
    assert fixtures.items() == before


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_invalid_key_also_before_a_broken_body(route, api: Api):
    answer = api.call(route.method, path_of(route), body=b"{", key="klen_unknown")
    assert (answer.status, answer.document) == (401, INVALID)


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_permission_denied_also_before_a_broken_body(route, api: Api, fixtures: Fixtures):
    word = "can_write_contacts" if route.method == "GET" else "can_read_contacts"
    words = ("can_read_calls",) if route.function in READ_OR_WRITE else (word,)
    fixtures.key("klen_wrong_word", permissions=words)
    answer = api.call(route.method, path_of(route), body=b"{", key="klen_wrong_word")
    assert (answer.status, answer.document["error"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    "place",
    [
        {"headers": {"authorization": f"Bearer {KEY}"}},
        {"headers": {"authorization": f"bearer  {KEY}"}},
        {"headers": {"x-api-key": KEY}},
        {"query": {"api_key": KEY}},
        {"headers": {"authorization": f"Bearer {KEY}", "x-api-key": "klen_other"}},
        {"headers": {"x-api-key": KEY}, "query": {"api_key": "klen_other"}},
    ],
    ids=str,
)
def test_the_key_is_taken_from_any_of_three_places(place: dict, api: Api):
    assert api.call("GET", "/api/v1/contacts", key=None, **place).status == 200


@pytest.mark.parametrize(
    "presented",
    ["short", "x" * 257, "klen abc\u00adef", KEY.upper(), f"{KEY} ", "ctx_" + "0" * 56, "é" * 20],
)
def test_what_is_no_key_is_invalid(presented: str, api: Api):
    answer = api.call("GET", "/api/v1/contacts", key=None, headers={"x-api-key": presented})
    assert (answer.status, answer.document) == (401, INVALID)


@pytest.mark.parametrize("headers", [{"authorization": "Basic abc"}, {"x-api-key": ""}, {}])
def test_what_is_no_key_at_all_is_none(headers: dict, api: Api):
    answer = api.call("GET", "/api/v1/contacts", key=None, headers=headers)
    assert answer.document["error"] == "authentication_required"


def test_a_revoked_key_is_invalid_at_once(api: Api, fixtures: Fixtures):
    key = fixtures.key("klen_soon_gone")
    assert Api("klen_soon_gone").call("GET", "/api/v1/contacts").status == 200
    fixtures.credentials.revoke(key)
    assert Api("klen_soon_gone").call("GET", "/api/v1/contacts").document == INVALID


def test_an_expired_key_is_invalid(api: Api, fixtures: Fixtures):
    fixtures.key("klen_expired", valid_until=LONG_AGO)
    fixtures.key("klen_expires", valid_until=datetime(2999, 1, 1, tzinfo=UTC))
    assert Api("klen_expired").call("GET", "/api/v1/contacts").document == INVALID
    assert Api("klen_expires").call("GET", "/api/v1/contacts").status == 200


def test_a_key_made_here_is_checked_before_it_is_looked_up(api: Api, fixtures: Fixtures):
    secret = new_api_key("acme")
    fixtures.key(secret)
    assert Api(secret).call("GET", "/api/v1/contacts").status == 200
    assert Api(secret[:-1] + "x").call("GET", "/api/v1/contacts").document == INVALID


def test_rate_limit_exceeded(api: Api, fixtures: Fixtures):
    fixtures.key("klen_limited", requests_per_minute=3)
    answers = [Api("klen_limited").call("GET", "/api/v1/contacts") for _ in range(8)]
    # The minute may turn once while the test runs.
    assert 3 <= [answer.status for answer in answers].count(200) <= 6
    rejected = [answer for answer in answers if answer.status == 429]
    assert {answer.document["error"] for answer in rejected} == {"rate_limit_exceeded"}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in rejected)


def test_a_key_is_stored_as_a_hash_only(api: Api, fixtures: Fixtures):
    assert KEY not in str(fixtures.items())


def test_a_star_is_every_permission(fixtures: Fixtures):
    fixtures.key("klen_everything", permissions=("*",))
    everything = Api("klen_everything")
    assert everything.call("GET", "/api/v1/contacts").status == 200
    assert everything.call("POST", "/api/v1/business/context", {"variables": {}}).status == 200
