"""DELETE /api/webhooks/{id}, as far as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures


@pytest.mark.parametrize("path", ["/api/webhooks/wh_1", "/api/webhooks/wh_1/"])
def test_a_webhook_is_deleted(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="vambe")
    answer = vambe.call("DELETE", path)
    assert (answer.status, answer.document) == (200, {"status": "deleted", "id": "wh_1"})
    assert fixtures.webhooks.list("acme") == []


def test_what_is_not_there_is_404(vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="native")
    assert vambe.call("DELETE", "/api/webhooks/wh_1").status == 404
    assert len(fixtures.webhooks.list("acme")) == 1


def test_401(vambe: Api):
    assert vambe.call("DELETE", "/api/webhooks/wh_1", key=None).status == 401
