"""GET /v1/webhooks: list the webhooks of the account."""

import base64

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/webhooks"


def test_no_webhooks_are_an_empty_page(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


def test_pages_hold_each_webhook_once_the_oldest_first_and_no_secret(
    native: Api, fixtures: Fixtures
):
    made = [
        native.call("POST", PATH, {"url": f"https://example.com/{i}", "topics": ["*"]}).document
        for i in range(5)
    ]
    fixtures.webhook("wh_other", account="globex")
    listed, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = native.call("GET", PATH, query=query)
        listed += answer.document["data"]
        cursor, pages = answer.document["next_cursor"], pages + 1
    assert pages == 3
    assert sorted(each["id"] for each in listed) == [each["id"] for each in listed]
    assert {each["id"] for each in listed} == {each["id"] for each in made}
    assert not any("secret" in each for each in listed)


def test_a_full_last_page_has_no_cursor(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    fixtures.webhook("wh_2")
    answer = native.call("GET", PATH, query={"limit": "2"})
    assert [each["id"] for each in answer.document["data"]] == ["wh_1", "wh_2"]
    assert answer.document["next_cursor"] is None


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "a", "", "01", "٤", "9" * 5000])
def test_a_limit_out_of_bounds_is_refused(limit: str, native: Api):
    answer = native.call("GET", PATH, query={"limit": limit})
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    (fault,) = answer.document["errors"]
    assert fault["parameter"] == "limit"


def cursor(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a",
        "!",
        "é",
        cursor(b"wh_1"),
        cursor(b"1:"),
        cursor(b"\xff"),
        cursor(b"1:" + b"a" * 600),
        cursor(b"2:agents:agent_1"),
        cursor(b"2:webhooks"),
    ],
)
def test_a_cursor_of_another_form_is_refused(given: str, native: Api):
    answer = native.call("GET", PATH, query={"cursor": given})
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    (fault,) = answer.document["errors"]
    assert fault["parameter"] == "cursor"


def test_a_made_up_place_lists_what_comes_after_it(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    answer = native.call("GET", PATH, query={"cursor": cursor("1:\x00#%𝕏".encode())})
    assert [each["id"] for each in answer.document["data"]] == ["wh_1"]


def test_every_fault_of_the_query_is_told(native: Api):
    answer = native.call("GET", PATH, query={"cursor": "a", "limit": "0"})
    assert [each["parameter"] for each in answer.document["errors"]] == ["cursor", "limit"]
