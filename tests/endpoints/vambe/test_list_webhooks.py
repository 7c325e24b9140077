"""GET /api/webhooks, as far as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/webhooks"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_webhooks_of_this_api_are_listed_without_secrets(path: str, vambe: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", form="vambe", topics=("contact.created",))
    fixtures.webhook("wh_2", form="vambe", topics=("contact.updated", "contact.context.updated"))
    fixtures.webhook("wh_3", form="native")
    fixtures.webhook("wh_4", form="vambe", account="globex")
    answer = vambe.call("GET", path)
    shown = {
        "url": "https://example.com/hooks",
        "active": True,
        "created_at": "2024-01-01T10:00:00.000Z",
        "updated_at": "2024-01-01T10:00:00.000Z",
    }
    assert (answer.status, answer.document) == (
        200,
        [
            {"id": "wh_1", "topic": "contact.created", **shown},
            {"id": "wh_2", "topic": "contact.updated", **shown},
        ],
    )


def test_no_webhooks_are_an_empty_list(vambe: Api):
    assert vambe.call("GET", PATH).document == []


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
