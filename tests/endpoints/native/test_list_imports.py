"""GET /v1/imports: list the imports of the account."""

from typing import Any

import pytest

from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/imports"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_imports_are_listed_newest_first_in_pages(path: str, native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_9", account="initech")
    for number in range(5):
        fixtures.import_job(f"imp_{number}")
    pages: list[list[str]] = []
    query: dict[str, Any] = {"limit": "2"}
    while True:
        answer = native.call("GET", path, query=query)
        assert answer.status == 200
        pages.append([each["id"] for each in answer.document["data"]])
        if answer.document["next_cursor"] is None:
            break
        query["cursor"] = answer.document["next_cursor"]
    assert pages == [["imp_4", "imp_3"], ["imp_2", "imp_1"], ["imp_0"]]


def test_an_account_without_imports_has_an_empty_list(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"cursor": "no cursor"}])
def test_a_bad_query_is_400(query: dict[str, str], native: Api):
    answer = native.call("GET", PATH, query=query)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    (fault,) = answer.document["errors"]
    assert fault["parameter"] in query


def test_what_has_expired_is_gone_before_it_is_deleted(native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_1", expires_at=LONG_AGO)
    fixtures.import_job("imp_2")
    assert [each["id"] for each in native.call("GET", PATH).document["data"]] == ["imp_2"]


def test_every_fault_of_the_query_is_told(native: Api):
    answer = native.call("GET", PATH, query={"cursor": "a", "limit": "0"})
    assert [each["parameter"] for each in answer.document["errors"]] == ["cursor", "limit"]
