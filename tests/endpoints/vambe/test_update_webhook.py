"""PUT /api/webhooks/{id}, as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/webhooks/wh_1"
DOCUMENTED = {
    "topic": "contact.created",
    "url": "https://yourdomain.com/new-handler",
    "secret": "updatedSecret",
    "active": True,
}


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_changes_all(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="vambe", topics=("contact.updated", "contact.context.updated"))
    answer = vambe.call("PUT", path, DOCUMENTED)
    assert answer.status == 200
    shown = {name: DOCUMENTED[name] for name in ("topic", "url", "active")}
    assert answer.document.items() >= {"id": "wh_1", **shown}.items()
    changed = fixtures.webhooks.find("acme", "wh_1")
    assert (changed.secret, changed.topics) == ("updatedSecret", ("contact.created",))


def test_what_is_not_sent_stays(vambe: Api, fixtures: Fixtures):
    before = fixtures.webhook("wh_1", form="vambe", topics=("contact.created",))
    answer = vambe.call("PUT", PATH, {"active": False})
    assert answer.document["active"] is False
    after = fixtures.webhooks.find("acme", "wh_1")
    assert (after.url, after.topics, after.secret) == (before.url, before.topics, before.secret)
    assert vambe.call("PUT", PATH, {"active": True}).document["active"] is True


@pytest.mark.parametrize(
    "document",
    [
        {"topic": "stage.changed"},
        {"url": "http://yourdomain.com"},
        {"secret": ""},
        {"active": "no"},
        {"active": None},
    ],
)
def test_what_does_not_hold_is_400(document: dict, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="vambe")
    before = fixtures.items()
    assert vambe.call("PUT", PATH, document).status == 400
    assert fixtures.items() == before


def test_what_is_not_there_is_404(vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="native")
    assert vambe.call("PUT", PATH, {"active": False}).status == 404


def test_401(vambe: Api):
    assert vambe.call("PUT", PATH, {}, key=None).status == 401
