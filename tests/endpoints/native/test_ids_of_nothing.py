"""Impossible ids get the response of unknown ids, for any length and characters."""

from urllib.parse import quote
from zlib import crc32

import pytest

from tests.api import Api
from tests.endpoints.native.conftest import OPERATOR

LONG = "x" * 3000
IDS = [LONG, "é" * 1200, "\x00", "a/b#c%", "\U0010ffff"]
PATHS = [
    ("GET", "/v1/agents/{}"),
    ("PATCH", "/v1/agents/{}"),
    ("DELETE", "/v1/agents/{}"),
    ("GET", "/v1/hooks/{}"),
    ("POST", "/v1/hooks/{}/rotate"),
    ("DELETE", "/v1/hooks/{}"),
    ("GET", "/v1/calls/{}"),
    ("GET", "/v1/calls/{}/why"),
    ("GET", "/v1/keys/{}"),
    ("GET", "/v1/conversations/{}"),
    ("DELETE", "/v1/conversations/{}"),
    ("GET", "/v1/conversations/{}/variables"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_an_id_of_nothing_is_not_found(method: str, path: str, operator: Api):
    query = {"variable": "x"} if path.endswith("/why") else {}
    document = {} if method == "PATCH" else None
    answers = [
        operator.call(method, path.format(quote(each, safe="")), document, query=query)
        for each in IDS
    ]
    assert [each.status for each in answers] == [404] * len(IDS)


def test_an_agent_of_nothing_is_not_found(operator: Api):
    for agent in IDS:
        answer = operator.call("GET", "/v1/resolve", query={"agent": agent, "phone": "+15550100"})
        assert answer.status == 404


@pytest.mark.parametrize("account", ["é", "\u212a", "", "8", "a" * 9000])
@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/account"), ("POST", "/v1/resolve")])
def test_a_key_of_no_account_is_rejected(method: str, path: str, account: str, operator: Api):
    body = f"ctx_{account}_{'a' * 48}"
    key = f"{body}{crc32(body.encode()):08x}"
    document = {"agent": "agent_1", "contact": {"phone": "+15550100"}}
    answer = operator.call(method, path, document, key=key)
    assert (answer.status, answer.document["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_expiry_beyond_all_years_is_refused(at: str, operator: Api):
    document = {"permissions": ["contacts:read"], "expires_at": at}
    answer = operator.call("POST", "/v1/keys", document, key=OPERATOR)
    assert (answer.status, answer.document["errors"][0]["pointer"]) == (400, "/expires_at")
