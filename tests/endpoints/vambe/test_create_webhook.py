"""POST /api/webhooks, as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/webhooks"
DOCUMENTED = {
    "topic": "contact.updated",
    "url": "https://yourdomain.com/webhook-handler",
    "secret": "yourSecretKey",
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_gets_the_documented_answer(
    path: str, vambe: Api, fixtures: Fixtures
):
    answer = vambe.call("POST", path, DOCUMENTED)
    assert answer.status == 201
    (made,) = fixtures.webhooks.list("acme")
    assert answer.document == {"status": "created", "id": made.webhook_id}
    assert (made.url, made.secret, made.form) == (DOCUMENTED["url"], "yourSecretKey", "vambe")
    assert made.is_active


@pytest.mark.parametrize(
    ("topic", "topics"),
    [
        ("contact.created", ("contact.created",)),
        ("contact.updated", ("contact.updated", "contact.context.updated")),
    ],
)
def test_a_topic_stands_for_events(topic: str, topics: tuple, vambe: Api, fixtures: Fixtures):
    vambe.call("POST", PATH, {**DOCUMENTED, "topic": topic})
    (made,) = fixtures.webhooks.list("acme")
    assert made.topics == topics


REFUSED = {
    "no topic": {"url": DOCUMENTED["url"], "secret": "a"},
    "no url": {"topic": "contact.created", "secret": "a"},
    "no secret": {"topic": "contact.created", "url": DOCUMENTED["url"]},
    "a topic that is never sent": {**DOCUMENTED, "topic": "message.received"},
    "a topic that is a list": {**DOCUMENTED, "topic": ["contact.created"]},
    "an empty secret": {**DOCUMENTED, "secret": ""},
    "a long secret": {**DOCUMENTED, "secret": "a" * 257},
    "plain HTTP": {**DOCUMENTED, "url": "http://yourdomain.com"},
    "a private address": {**DOCUMENTED, "url": "https://10.0.0.1/"},
    "no URL": {**DOCUMENTED, "url": "yourdomain"},
    "null": {**DOCUMENTED, "url": None},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_hold_is_400_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = vambe.call("POST", PATH, REFUSED[case])
    assert (answer.status, answer.document["error"]) == (400, "Bad Request")
    assert fixtures.items() == before


def test_no_json_is_400(vambe: Api):
    assert vambe.call("POST", PATH, body=b"{").status == 400


def test_401(vambe: Api):
    assert vambe.call("POST", PATH, DOCUMENTED, key=None).status == 401
