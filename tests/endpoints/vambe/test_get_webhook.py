"""GET /api/webhooks/{id}, as far as Vambe documents it."""

import pytest

from tests.api import Api
from tests.world import World


@pytest.mark.parametrize("path", ["/api/webhooks/wh_1", "/api/webhooks/wh_1/"])
def test_a_webhook_is_shown_without_its_secret(path: str, vambe: Api, world: World):
    world.webhook("wh_1", form="vambe", topics=("contact.created",))
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
def test_what_is_not_there_is_404(webhook_id: str, vambe: Api, world: World):
    world.webhook("wh_native", form="native")
    answer = vambe.call("GET", f"/api/webhooks/{webhook_id}")
    assert (answer.status, answer.document["error"]) == (404, "Not Found")


def test_401(vambe: Api):
    assert vambe.call("GET", "/api/webhooks/wh_1", key=None).status == 401
