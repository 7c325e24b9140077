"""GET /v1/webhooks/{webhook_id}: get a webhook."""

import pytest

from shared.domain.webhooks import WebhookStatus
from shared.services.accounts.access import hash_api_key
from tests.api import Api
from tests.endpoints.native.conftest import KEY
from tests.fixtures import LONG_AGO, Fixtures


@pytest.mark.parametrize("path", ["/v1/webhooks/wh_1", "/v1/webhooks/wh_1/"])
def test_a_webhook_is_shown_without_its_secret(path: str, native: Api, fixtures: Fixtures):
    fixtures.webhook(
        "wh_1",
        topics=("contact.created",),
        variables=("a", "b"),
        description="An example",
        status=WebhookStatus.DISABLED,
        disabled_reason="nobody answered",
        disabled_at=LONG_AGO,
        failing_since=LONG_AGO,
    )
    answer = native.call("GET", path)
    at = "2024-01-01T10:00:00.000Z"
    assert (answer.status, answer.document) == (
        200,
        {
            "id": "wh_1",
            "url": "https://example.com/hooks",
            "topics": ["contact.created"],
            "variables": ["a", "b"],
            "description": "An example",
            "form": "native",
            "owner": "key",
            "key_id": hash_api_key(KEY)[:12],
            "status": "disabled",
            "suspended_reason": None,
            "disabled_reason": "nobody answered",
            "disabled_at": at,
            "failing_since": at,
            "created_at": at,
            "updated_at": at,
        },
    )


@pytest.mark.parametrize("webhook_id", ["wh_2", "a" * 65, "a" * 3000, "#", "%20"])
def test_what_is_not_there_is_404(webhook_id: str, native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    answer = native.call("GET", f"/v1/webhooks/{webhook_id}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
