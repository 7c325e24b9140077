"""Endpoints that need a queue or a bucket, without them, as under `sam local`."""

from datetime import UTC, datetime

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference
from shared.domain.deliveries import Delivery, DeliveryStatus
from shared.domain.imports import ImportStatus, SourceFile
from tests.api import ROOT, Api, template
from tests.fixtures import NEVER, Fixtures

# What `sam local` sets: the logical ids of the template.
LOGICAL_IDS = {
    "IMPORT_BUCKET_NAME": "ImportBucket",
    "IMPORT_QUEUE_URL": "ImportQueue",
    "WEBHOOK_DELIVERY_QUEUE_URL": "WebhookDeliveryQueue",
}
AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
DELIVERY = "001795323600000.evt_1"
FAILED = Delivery(
    webhook_id="wh_1",
    event_id="evt_1",
    topic="contact.context.updated",
    occurred_at=AT,
    created_at=AT,
    expires_at=NEVER,
    status=DeliveryStatus.FAILED,
    event=EventReference(contact_id=123, by=Attribution(AT), sequence=1),
)
IMPORT = {"format": "csv", "identifier": {"kind": "email"}}


@pytest.fixture(params=["logical ids", "nothing"])
def _without_queues(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, logical_id in LOGICAL_IDS.items():
        monkeypatch.setenv(name, logical_id if request.param == "logical ids" else "")


@pytest.mark.usefixtures("_without_queues")
@pytest.mark.parametrize(
    ("method", "path", "body", "resource"),
    [
        ("POST", "/v1/webhooks/wh_1/test", None, "queue"),
        ("POST", "/v1/webhooks/wh_1/redeliver", {"since": "2026-11-22T05:00:00Z"}, "queue"),
        ("POST", f"/v1/webhooks/wh_1/deliveries/{DELIVERY}/redeliver", None, "queue"),
        ("POST", "/v1/imports", IMPORT, "bucket"),
        ("GET", "/v1/imports/imp_1/errors", None, "bucket"),
        ("POST", "/v1/imports/imp_2/cancel", None, "queue"),
    ],
)
def test_a_request_that_needs_what_is_not_deployed_says_so(
    method: str, path: str, body, resource: str, native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_1")
    fixtures.deliveries.add("acme", FAILED)
    fixtures.import_job("imp_1", status=ImportStatus.COMPLETED, file=SourceFile(0, ""))
    fixtures.import_job("imp_2")
    before = fixtures.items()
    answer = native.call(method, path, body)
    assert (answer.status, answer.document["code"]) == (501, "not_deployed")
    assert answer.document["detail"] == (
        f"This deployment has no {resource}, which this request needs"
    )
    assert fixtures.items() == before


def test_the_page_names_every_endpoint_that_needs_a_queue_or_a_bucket():
    routed = {route.function for route in template().routes}
    needing = {
        function.code_folder.name
        for logical_id, function in template().functions.items()
        if logical_id in routed and LOGICAL_IDS.keys() & function.environment.keys()
    }
    page = (ROOT / "docs/running-locally.md").read_text()
    (sentence,) = [line for line in page.splitlines() if "not_deployed" in line]
    assert {each for each in needing if f"`{each}`" not in sentence} == set()
