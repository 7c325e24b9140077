"""Signatures equal to botocore's."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from shared.table.lean.signer import CONTENT_TYPE, Scope, Signer

NOW = datetime(2026, 11, 27, 23, 59, 58, tzinfo=UTC)

BODIES = {
    "empty": b"",
    "an object": b"{}",
    "unicode": '{"S":"Zoë, 東京, 🎉, \\u0000"}'.encode(),
    "any bytes": bytes(range(256)),
    "large": b"x" * 1_000_000,
}
CREDENTIALS = {
    "a user's": ReadOnlyCredentials(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None
    ),
    "a role's": ReadOnlyCredentials("ASIDEXAMPLE", "secret", "token/with+signs=="),
    "a long token": ReadOnlyCredentials("ASIDEXAMPLE", "se cret", "t" * 4000),
}
PLACES = [
    (
        "https://dynamodb.eu-west-1.amazonaws.com",
        "dynamodb.eu-west-1.amazonaws.com",
        "/",
        "eu-west-1",
    ),
    ("http://127.0.0.1:8000", "127.0.0.1:8000", "/", "us-east-1"),
    ("http://[::1]:8000", "[::1]:8000", "/", "us-east-1"),
    ("https://example.com/a/b", "example.com", "/a/b", "cn-north-1"),
]


@pytest.fixture(autouse=True)
def stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "get_current_datetime", lambda: NOW)
    monkeypatch.setattr(time, "time", NOW.timestamp)


def botocores(url: str, credentials: Any, target: str, body: bytes, region: str) -> dict[str, str]:
    headers = {"X-Amz-Target": target, "Content-Type": CONTENT_TYPE, "User-Agent": "any"}
    request = AWSRequest(
        "POST", f"{url.rstrip('/')}/" if url.count("/") < 3 else url, headers, body
    )
    auth.SigV4Auth(credentials, "dynamodb", region).add_auth(request)
    signed = ("X-Amz-Date", "X-Amz-Security-Token", "Authorization")
    return {name: request.headers[name] for name in signed if name in request.headers}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[0])
@pytest.mark.parametrize("who", CREDENTIALS)
@pytest.mark.parametrize("body", BODIES)
def test_a_signature_is_botocores(body: str, who: str, place: tuple[str, str, str, str]):
    url, host, path, region = place
    signer, credentials = Signer(), CREDENTIALS[who]
    for operation in ("GetItem", "TransactWriteItems"):
        target = f"DynamoDB_20120810.{operation}"
        headers = signer.headers(
            credentials, Scope(region, "dynamodb"), host, path, target, BODIES[body]
        )
        lines = dict(line.split(": ", 1) for line in headers.strip().split("\r\n"))
        assert lines == botocores(url, credentials, target, BODIES[body], region)


def test_a_key_is_that_of_the_day_the_secret_and_the_region(monkeypatch: pytest.MonkeyPatch):
    signer, (user, role, _) = Signer(), CREDENTIALS.values()
    target = "DynamoDB_20120810.Query"
    for credentials, region, day in (
        (user, "eu-west-1", 27),
        (role, "eu-west-1", 27),
        (role, "us-east-1", 27),
        (role, "us-east-1", 28),
    ):
        now = NOW.replace(day=day)
        monkeypatch.setattr(auth, "get_current_datetime", lambda now=now: now)
        monkeypatch.setattr(time, "time", now.timestamp)
        scope = Scope(region, "dynamodb")
        headers = signer.headers(credentials, scope, "example.com", "/", target, b"{}")
        expected = botocores("https://example.com", credentials, target, b"{}", region)
        assert f"Authorization: {expected['Authorization']}\r\n" in headers


@pytest.mark.parametrize("date", [None, "", "yesterday", "Fri, 27 Nov 2026 23:57:58 GMT"])
def test_a_clock_is_not_corrected_without_a_reason(date: str | None):
    assert not Signer().correct_clock(date)
