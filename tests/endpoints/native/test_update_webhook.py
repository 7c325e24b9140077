"""PATCH /v1/webhooks/{webhook_id}: change a webhook."""

from dataclasses import replace

import pytest

from shared.domain.webhooks import WebhookStatus
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/webhooks/wh_1"
CHANGES = {
    "url": {"url": "https://example.com/elsewhere"},
    "topics": {"topics": ["contact.deleted"]},
    "variables": {"variables": ["a"]},
    "all variables": {"variables": None},
    "description": {"description": "x"},
    "no description": {"description": ""},
    "several": {"url": "https://example.com/elsewhere", "topics": ["*"]},
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_is_sent_changes(change: str, native: Api, fixtures: Fixtures):
    before = fixtures.webhook("wh_1", variables=("b",), description="y")
    shown = native.call("GET", PATH).document
    answer = native.call("PATCH", PATH, CHANGES[change])
    assert answer.status == 200
    changed = answer.document
    assert changed.pop("updated_at") > shown.pop("updated_at")
    assert changed == {**shown, **CHANGES[change]}
    assert fixtures.webhooks.find("acme", "wh_1").secret == before.secret


def test_nothing_sent_changes_nothing(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    before = fixtures.items()
    assert native.call("PATCH", PATH, {}).status == 200
    assert fixtures.items() == before


def test_a_webhook_that_is_disabled_tells_why_and_since_when(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    answer = native.call("PATCH", PATH, {"status": "disabled"})
    assert answer.document["status"] == "disabled"
    assert answer.document["disabled_reason"] == "it was disabled by its owner"
    assert answer.document["disabled_at"] == answer.document["updated_at"]


def test_a_webhook_that_is_active_again_starts_without_failures(native: Api, fixtures: Fixtures):
    fixtures.webhook(
        "wh_1",
        status=WebhookStatus.DISABLED,
        disabled_reason="nobody answered",
        disabled_at=LONG_AGO,
        failing_since=LONG_AGO,
        failed_deliveries=5,
    )
    answer = native.call("PATCH", PATH, {"status": "active"})
    assert answer.document["status"] == "active"
    assert answer.document["disabled_reason"] is None
    assert answer.document["disabled_at"] is None
    assert answer.document["failing_since"] is None
    assert fixtures.webhooks.find("acme", "wh_1").failed_deliveries == 0


FAULTS = {
    "url": ({"url": "http://example.com"}, "/url"),
    "url is null": ({"url": None}, "/url"),
    "url is not public": ({"url": "https://127.0.0.1"}, "/url"),
    "topics": ({"topics": []}, "/topics"),
    "topics are null": ({"topics": None}, "/topics"),
    "variables": ({"variables": []}, "/variables"),
    "description is null": ({"description": None}, "/description"),
    "status": ({"status": "paused"}, "/status"),
    "status is null": ({"status": None}, "/status"),
    "secret": ({"secret": "whsec_a"}, "/secret"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_does_not_hold_is_refused(case: str, native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1")
    before = fixtures.items()
    document, pointer = FAULTS[case]
    answer = native.call("PATCH", PATH, document)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    (fault,) = answer.document["errors"]
    assert fault["pointer"] == pointer
    assert fixtures.items() == before


def test_what_is_not_there_is_404(native: Api):
    answer = native.call("PATCH", PATH, {"description": "x"})
    assert (answer.status, answer.document["code"]) == (404, "not_found")


def test_of_two_that_change_it_at_once_neither_is_lost(
    native: Api, fixtures: Fixtures, monkeypatch
):
    fixtures.webhook("wh_1")
    find, raced = type(fixtures.webhooks).find, []

    def find_and_race(self, account_id: str, webhook_id: str):
        found = find(self, account_id, webhook_id)
        if not raced:
            raced.append(True)
            other = replace(found, description="the other's", version=found.version + 1)
            fixtures.webhooks.replace(account_id, other)
        return found

    monkeypatch.setattr(type(fixtures.webhooks), "find", find_and_race)
    answer = native.call("PATCH", PATH, {"topics": ["contact.deleted"]})
    assert answer.document["topics"] == ["contact.deleted"]
    assert answer.document["description"] == "the other's"
