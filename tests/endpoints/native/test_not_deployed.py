"""Endpoints that need a queue or a bucket, without them, as under `sam local`."""

import pytest

from shared.domain.imports import ImportStatus, SourceFile
from tests.api import Api
from tests.fixtures import Fixtures

# What `sam local` sets: the logical ids of the template.
LOGICAL_IDS = {
    "IMPORT_BUCKET_NAME": "ImportBucket",
    "IMPORT_QUEUE_URL": "ImportQueue",
    "WEBHOOK_DELIVERY_QUEUE_URL": "WebhookDeliveryQueue",
}
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
        ("POST", "/v1/imports", IMPORT, "bucket"),
        ("GET", "/v1/imports/imp_1/errors", None, "bucket"),
        ("POST", "/v1/imports/imp_2/cancel", None, "queue"),
    ],
)
def test_a_request_that_needs_what_is_not_deployed_says_so(
    method: str, path: str, body, resource: str, native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_1")
    fixtures.import_job("imp_1", status=ImportStatus.COMPLETED, file=SourceFile(0, ""))
    fixtures.import_job("imp_2")
    before = fixtures.items()
    answer = native.call(method, path, body)
    assert (answer.status, answer.document["code"]) == (501, "not_deployed")
    assert answer.document["detail"] == (
        f"This deployment has no {resource}, which this request needs"
    )
    assert fixtures.items() == before
