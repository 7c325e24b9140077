"""POST /v1/webhooks/{webhook_id}/test: send a test to a webhook."""

import pytest

from shared.domain.webhooks import WebhookStatus
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import Fixtures

PATH = "/v1/webhooks/wh_1/test"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_test_is_queued_and_is_in_the_log(
    path: str, native: Api, fixtures: Fixtures, queued: Queue
):
    fixtures.webhook("wh_1")
    answer = native.call("POST", path)
    assert answer.status == 201
    begun = answer.document
    assert begun["event_id"].startswith("evt_")
    assert (begun["topic"], begun["status"], begun["attempts"]) == ("webhook.test", "pending", [])
    listed = native.call("GET", "/v1/webhooks/wh_1/deliveries").document["data"]
    assert listed == [begun]
    (order,) = queued.tasks()
    assert (order["webhook_id"], order["event_id"]) == ("wh_1", begun["event_id"])
    assert order["payload"] == {
        "type": "webhook.test",
        "timestamp": begun["occurred_at"],
        "data": {"schema_version": 1, "account_id": "acme", "webhook_id": "wh_1"},
    }


def test_a_disabled_webhook_can_be_tried_too(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", status=WebhookStatus.DISABLED)
    assert native.call("POST", PATH).status == 201
    assert len(queued.tasks()) == 1


def test_a_test_that_cannot_be_queued_is_an_error(native: Api, fixtures: Fixtures, queued: Queue):
    """It will not be sent, and the log has the error."""
    fixtures.webhook("wh_1")
    queued.delete()
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (500, "unavailable")
    (listed,) = native.call("GET", "/v1/webhooks/wh_1/deliveries").document["data"]
    assert (listed["status"], listed["next_attempt_at"]) == ("canceled", None)


def test_what_is_not_there_is_404(native: Api, queued: Queue):
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (404, "not_found")
    assert queued.tasks() == []
