"""Keys and permissions of the native API, for every endpoint."""

import pytest

from tests.api import Api, template
from tests.fixtures import Fixtures

ROUTES = [
    route
    for route in template().routes
    if route.path.startswith(("/v1/webhooks", "/v1/imports", "/v1/keys", "/v1/account"))
    and not route.path.endswith("/")
]
each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)


def path_of(route) -> str:
    named = route.path.replace("{webhook_id}", "wh_1").replace("{import_id}", "imp_1")
    return named.replace("{key_id}", "0123456789abcdef")


def resource_of(route) -> str:
    return route.path.split("/")[2]


@each_route
def test_without_a_key_it_is_401_whatever_the_body(route, native: Api):
    answer = native.call(route.method, path_of(route), body=b"{", key=None)
    assert (answer.status, answer.document["code"]) == (401, "authentication_required")
    assert answer.headers["content-type"] == "application/problem+json"


@each_route
def test_an_unknown_key_is_401(route, native: Api):
    answer = native.call(route.method, path_of(route), key="native_unknown")
    assert (answer.status, answer.document["code"]) == (401, "invalid_api_key")


@each_route
def test_a_key_without_the_permission_is_403(route, native: Api, fixtures: Fixtures):
    other = f"{resource_of(route)}:{'write' if route.method == 'GET' else 'read'}"
    fixtures.key("native_other", permissions=(other, "contacts:read"))
    answer = native.call(route.method, path_of(route), key="native_other")
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")


@each_route
def test_a_key_with_just_the_permission_gets_further(route, native: Api, fixtures: Fixtures):
    own = f"{resource_of(route)}:{'read' if route.method == 'GET' else 'write'}"
    fixtures.key("native_own", permissions=(own,))
    answer = native.call(route.method, path_of(route), key="native_own")
    assert answer.status not in (401, 403)


@pytest.mark.parametrize("route", [each for each in ROUTES if resource_of(each) == "keys"])
def test_a_key_that_may_do_everything_manages_no_keys(route, native: Api):
    """Such keys can be older than the management of keys over the API."""
    answer = native.call(route.method, path_of(route))
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert answer.document["detail"].startswith("The API key lacks: keys:")


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_key_is_taken_from_either_header(header: str, native: Api):
    value = f"Bearer {native.key}" if header == "authorization" else native.key
    answer = native.call("GET", "/v1/webhooks", key=None, headers={header: value})
    assert answer.status == 200


def test_a_limited_key_is_told_when_to_try_again(native: Api, fixtures: Fixtures):
    fixtures.key("native_limited", permissions=("*",), requests_per_minute=1)
    native.call("GET", "/v1/webhooks", key="native_limited")
    answer = native.call("GET", "/v1/webhooks", key="native_limited")
    assert (answer.status, answer.document["code"]) == (429, "rate_limit_exceeded")
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_webhooks_of_another_account_are_not_there(native: Api, fixtures: Fixtures):
    fixtures.key("native_globex", account="globex", permissions=("*",))
    fixtures.webhook("wh_1", account="acme")
    for route in ROUTES:
        if "{" in route.path and resource_of(route) != "keys":
            document = {} if route.method == "PATCH" else None
            if route.path.removesuffix("/").endswith("webhook_id}/redeliver"):
                document = {"since": "2026-11-22T05:00:00Z"}
            answer = native.call(route.method, path_of(route), document, key="native_globex")
            assert (answer.status, answer.document["code"]) == (404, "not_found")
    listed = native.call("GET", "/v1/webhooks", key="native_globex")
    assert listed.document == {"data": [], "next_cursor": None}
