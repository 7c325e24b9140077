"""GET /v1/public-apps, as ChatCaptain documents it and as its public n8n node calls it."""

import pytest

from shared.domain.accounts import Grant
from tests.api import Api
from tests.chatbot import FORBIDDEN
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/public-apps"
KEY = "CCSB-of-a-chatbot"


@pytest.fixture(autouse=True)
def account(fixtures: Fixtures):
    fixtures.account()
    fixtures.key(KEY, permissions=("*",), resource="chatbots/bot_1")


def call(key: str | None, **more):
    headers = {} if key is None else {"x-chatcaptain-key": key}
    return Api(None).call("GET", PATH, headers=headers, **more)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_there_are_no_public_apps(path: str):
    answer = Api(None).call("GET", path, headers={"x-chatcaptain-key": KEY})
    assert (answer.status, answer.document) == (200, {"publicApps": []})


@pytest.mark.parametrize(
    ("permissions", "resource"),
    [
        (("*",), None),
        (("chatbots.contacts.variables.get",), "chatbots/bot_1"),
        (("can_read_contacts",), None),
        ((), None),
    ],
)
def test_every_valid_key_passes(permissions, resource, fixtures: Fixtures):
    key = fixtures.key("CCSB-another-key", permissions=permissions, resource=resource)
    assert key.grants == tuple(Grant(each, resource) for each in permissions)
    assert call("CCSB-another-key").status == 200


@pytest.mark.parametrize("key", [None, "", "short", "CCSB-unknown-key", "CCSB-expired-key"])
def test_403_for_no_key_or_one_that_is_not_valid(key: str | None, fixtures: Fixtures):
    fixtures.key("CCSB-expired-key", permissions=("*",), valid_until=LONG_AGO)
    answer = call(key)
    assert (answer.status, answer.document) == (403, FORBIDDEN)


def test_403_for_a_revoked_key(fixtures: Fixtures):
    fixtures.credentials.revoke(fixtures.key("CCSB-revoked-key", permissions=("*",)))
    assert call("CCSB-revoked-key").status == 403


def test_a_key_is_taken_from_its_own_header_only():
    answer = Api(None).call("GET", PATH, headers={"authorization": f"Bearer {KEY}"})
    assert answer.status == 403


def test_429_over_the_limit(fixtures: Fixtures):
    fixtures.key("CCSB-limited-key", permissions=("*",), requests_per_minute=1)
    answers = [call("CCSB-limited-key") for _ in range(3)]
    assert 429 in [each.status for each in answers]
