"""DELETE /v1/webhooks/{webhook_id}: delete a webhook."""

import pytest

from tests.api import Api
from tests.failures import failing, once, rejected
from tests.fixtures import Fixtures


@pytest.mark.parametrize("path", ["/v1/webhooks/wh_1", "/v1/webhooks/wh_1/"])
def test_a_webhook_is_deleted_and_no_other(path: str, native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    fixtures.webhook("wh_2")
    answer = native.call("DELETE", path)
    assert (answer.status, answer.document) == (200, {"id": "wh_1", "deleted": True})
    assert [each.webhook_id for each in fixtures.webhooks.list("acme")] == ["wh_2"]


def test_what_is_gone_is_404(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    native.call("DELETE", "/v1/webhooks/wh_1")
    answer = native.call("DELETE", "/v1/webhooks/wh_1")
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_a_deletion_that_conflicts_is_tried_again(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    with failing({"DeleteItem": once(rejected("TransactionConflictException"))}) as asked:
        assert native.call("DELETE", "/v1/webhooks/wh_1").status == 200
    assert asked.count("DeleteItem") == 2
    assert fixtures.webhooks.list("acme") == []
