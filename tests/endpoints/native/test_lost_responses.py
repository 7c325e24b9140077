"""Writes whose responses are lost: the retry of the client conflicts with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import EventReference
from shared.domain.deliveries import Delivery, DeliveryStatus
from shared.domain.errors import WriteConflict
from shared.services.agents.hook_tokens import hash_token
from shared.table.dynamo import Table
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import Fixtures


def conflict_once(monkeypatch: pytest.MonkeyPatch, *, is_written: bool) -> list[int]:
    """Fail the first write with a conflict, with or without effect. Return the sizes of writes."""
    write, sizes = Table.write, []

    def written(self: Table, writes: Any, **options: Any) -> None:
        sizes.append(len(writes))
        if is_written or len(sizes) > 1:
            write(self, writes, **options)
        if len(sizes) == 1:
            raise WriteConflict

    monkeypatch.setattr(Table, "write", written)
    return sizes


@pytest.mark.parametrize("is_written", [True, False])
def test_an_agent_is_created_once(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, *, is_written: bool
):
    writes = conflict_once(monkeypatch, is_written=is_written)
    made = native.call("POST", "/v1/agents", {"name": "Reception"})
    assert made.status == 201
    listed = native.call("GET", "/v1/agents").document["data"]
    assert [each["id"] for each in listed] == [made.document["id"]]
    assert len(writes) == (1 if is_written else 2)


def test_a_hook_is_created_once_and_its_token_works(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    fixtures.agent("agent_1", deadline_ms=10_000)
    writes = conflict_once(monkeypatch, is_written=True)
    made = native.call("POST", "/v1/hooks", {"agent": "agent_1", "platform": "retell"})
    assert made.status == 201
    (hook,) = fixtures.hooks.list("acme")
    assert hook.token_hash == hash_token(made.document["path"].removeprefix("/h/"))
    assert len(writes) == 1


def test_a_hook_is_rotated_once(native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch):
    fixtures.agent("agent_1", deadline_ms=10_000)
    before = fixtures.hook()
    conflict_once(monkeypatch, is_written=True)
    rotated = native.call("POST", "/v1/hooks/hook_1/rotate")
    assert rotated.status == 200
    hook = fixtures.hooks.find("acme", "hook_1")
    assert hook is not None
    assert hook.token_hash == hash_token(rotated.document["path"].removeprefix("/h/"))
    # A second rotation would end the token that the platform still uses.
    assert hook.old_token_hash == before.token_hash


def test_a_webhook_is_created_once(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    conflict_once(monkeypatch, is_written=True)
    body = {"url": "https://example.com/hooks", "topics": ["contact.created"]}
    made = native.call("POST", "/v1/webhooks", body)
    assert made.status == 201, made.document
    (webhook,) = fixtures.webhooks.list("acme")
    assert (webhook.webhook_id, webhook.secret) == (made.document["id"], made.document["secret"])


def test_a_secret_is_rotated_once(native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch):
    before = fixtures.webhook("wh_1")
    conflict_once(monkeypatch, is_written=True)
    rotated = native.call("POST", "/v1/webhooks/wh_1/rotate-secret")
    assert rotated.status == 200
    webhook = fixtures.webhooks.find("acme", "wh_1")
    assert webhook is not None
    assert webhook.secret == rotated.document["secret"]
    assert [each.secret for each in webhook.old_secrets] == [before.secret]


@pytest.mark.parametrize("is_written", [True, False])
def test_a_test_of_a_webhook_is_sent_once(
    native: Api,
    fixtures: Fixtures,
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_written: bool,
):
    fixtures.webhook("wh_1")
    writes = conflict_once(monkeypatch, is_written=is_written)
    answer = native.call("POST", "/v1/webhooks/wh_1/test")
    assert answer.status == 201, answer.document
    assert native.call("GET", "/v1/webhooks/wh_1/deliveries").document["data"] == [answer.document]
    assert [each["event_id"] for each in queued.tasks()] == [answer.document["event_id"]]
    assert len(writes) == (1 if is_written else 2)


@pytest.mark.parametrize("is_written", [True, False])
def test_a_delivery_is_queued_again_once(
    native: Api,
    fixtures: Fixtures,
    queued: Queue,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_written: bool,
):
    at = datetime(2026, 11, 22, 5, tzinfo=UTC)
    failed = Delivery(
        webhook_id="wh_1",
        event_id="evt_1",
        topic="contact.context.updated",
        occurred_at=at,
        created_at=at,
        expires_at=at + timedelta(days=36_500),
        status=DeliveryStatus.FAILED,
        event=EventReference(contact_id=123, by=Attribution(at), sequence=1),
    )
    fixtures.webhook("wh_1")
    fixtures.deliveries.add("acme", failed)
    writes = conflict_once(monkeypatch, is_written=is_written)
    path = f"/v1/webhooks/wh_1/deliveries/{failed.delivery_id}/redeliver"
    answer = native.call("POST", path)
    assert (answer.status, answer.document.get("status")) == (200, "pending")
    stored = fixtures.deliveries.find_by_id("acme", "wh_1", failed.delivery_id)
    assert stored is not None
    assert (stored.status, stored.version) == (DeliveryStatus.PENDING, failed.version + 1)
    assert [each["event_id"] for each in queued.tasks()] == ["evt_1"]
    assert len(writes) == (1 if is_written else 2)
