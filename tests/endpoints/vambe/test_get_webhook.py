"""GET /api/webhooks/{id}, as far as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures


@pytest.mark.parametrize("path", ["/api/webhooks/wh_1", "/api/webhooks/wh_1/"])
def test_a_webhook_is_shown_without_its_secret(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="vambe", topics=("contact.created",))
    answer = vambe.call("GET", path)
    assert (answer.status, answer.document) == (
        200,
        {
            "id": "wh_1",
            "topic": "contact.created",
            "url": "https://example.com/hooks",
            "active": True,
            "created_at": "2024-01-01T10:00:00.000Z",
            "updated_at": "2024-01-01T10:00:00.000Z",
        },
    )


@pytest.mark.parametrize("webhook_id", ["wh_2", "wh_native", "a" * 3000])
def test_what_is_not_there_is_404(webhook_id: str, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_native", form="native")
    answer = vambe.call("GET", f"/api/webhooks/{webhook_id}")
    assert (answer.status, answer.document["error"]) == (404, "Not Found")


def test_401(vambe: Api):
    assert vambe.call("GET", "/api/webhooks/wh_1", key=None).status == 401


def test_a_webhook_whose_key_was_revoked_is_not_active(vambe: Api, fixtures: Fixtures):
    owner = fixtures.key("vambe_of_another", permissions=())
    fixtures.webhook("wh_1", form="vambe", key=owner)
    assert vambe.call("GET", "/api/webhooks/wh_1").document["active"] is True
    fixtures.credentials.revoke(owner)
    assert vambe.call("GET", "/api/webhooks/wh_1").document["active"] is False
    (listed,) = vambe.call("GET", "/api/webhooks").document
    assert listed["active"] is False


def test_a_webhook_belongs_to_the_key_that_created_it(vambe: Api, fixtures: Fixtures):
    body = {"url": "https://example.com/", "topic": "contact.created", "secret": "a"}
    assert vambe.call("POST", "/api/webhooks", body).status == 201
    (stored,) = fixtures.webhooks.list("acme")
    (key,) = fixtures.credentials.list("acme")
    assert (stored.key_hash, stored.permissions) == (key.key_hash, ())


def test_a_key_that_sees_less_points_it_nowhere_else(vambe: Api, fixtures: Fixtures):
    owner = fixtures.key("vambe_of_a_user", permissions=(), user="u1")
    fixtures.webhook("wh_1", form="vambe", key=owner)
    before = fixtures.items()
    url = {"url": "https://attacker.example.com/"}
    assert vambe.call("PUT", "/api/webhooks/wh_1", url).status == 403
    assert fixtures.items() == before
