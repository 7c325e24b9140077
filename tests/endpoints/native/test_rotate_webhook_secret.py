"""POST /v1/webhooks/{webhook_id}/rotate-secret: give a webhook a new secret."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/webhooks/wh_1/rotate-secret"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_old_secret_signs_for_a_day_beside_the_new_one(
    path: str, native: Api, fixtures: Fixtures
):
    before = fixtures.webhook("wh_1")
    answer = native.call("POST", path)
    assert answer.status == 200
    secret = answer.document["secret"]
    assert secret.startswith("whsec_")
    assert secret != before.secret
    webhook = fixtures.webhooks.find("acme", "wh_1")
    now = datetime.now(UTC)
    assert webhook.secrets(now + timedelta(hours=23)) == [secret, before.secret]
    assert webhook.secrets(now + timedelta(hours=25)) == [secret]


def test_secrets_that_sign_are_never_more_than_five(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    told = [native.call("POST", PATH).document["secret"] for _ in range(6)]
    signing = fixtures.webhooks.find("acme", "wh_1").secrets(datetime.now(UTC))
    assert signing == told[::-1][:5]


def test_what_is_not_there_is_404(native: Api):
    answer = native.call("POST", PATH)
    assert (answer.status, answer.document["code"]) == (404, "not_found")
