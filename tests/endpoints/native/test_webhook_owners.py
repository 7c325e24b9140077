"""The owner of a webhook: which keys see and change it, and when it is suspended."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import ApiKey
from shared.table.account_items import api_key_item
from tests.api import Api
from tests.deliveries import Queue
from tests.fixtures import Fixtures

URL = {"url": "https://attacker.example.com/"}
BODY = {"url": "https://example.com/hooks", "topics": ["*"]}
PATH = "/v1/webhooks/wh_1"
NEEDED = ("webhooks:write", "webhooks:read", "contacts:read")


def owner(fixtures: Fixtures, **facts: Any) -> ApiKey:
    """Create the key of another client of the account."""
    return fixtures.key("native_of_another", permissions=("*",), **facts)


def test_a_webhook_belongs_to_the_key_that_created_it(native: Api, fixtures: Fixtures):
    answer = native.call("POST", "/v1/webhooks", BODY)
    (stored,) = fixtures.webhooks.list("acme")
    (key,) = fixtures.credentials.list("acme")
    assert (stored.key_hash, stored.key_id) == (key.key_hash, key.key_id)
    assert (answer.document["owner"], answer.document["key_id"]) == ("key", key.key_id)
    assert key.key_hash not in str(answer.document)


@pytest.mark.parametrize("missing", ["webhooks:write", "contacts:read"])
def test_a_key_creates_a_webhook_only_if_it_could_read_what_that_is_sent(
    missing: str, native: Api, fixtures: Fixtures
):
    permissions = tuple(each for each in NEEDED if each != missing)
    fixtures.key("native_some", permissions=permissions)
    before = fixtures.items()
    answer = native.call("POST", "/v1/webhooks", BODY, key="native_some")
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert missing in answer.document["detail"]
    assert fixtures.items() == before


def test_a_key_without_permissions_creates_webhooks_only_in_vambes_api(
    native: Api, fixtures: Fixtures
):
    fixtures.key("key_without_permissions", permissions=())
    answer = native.call("POST", "/v1/webhooks", BODY, key="key_without_permissions")
    assert answer.status == 403
    assert fixtures.webhooks.list("acme") == []


SUSPENSIONS = {
    "key_revoked": {"active": False},
    "key_expired": {"valid_until": datetime.now(UTC) - timedelta(seconds=1)},
    "permission_missing": {"grants": ()},
}


@pytest.mark.parametrize("reason", SUSPENSIONS)
@pytest.mark.parametrize("path", [PATH, "/v1/webhooks"])
def test_a_webhook_whose_key_may_no_longer_be_told_is_suspended(
    reason: str, path: str, native: Api, fixtures: Fixtures
):
    key = owner(fixtures)
    fixtures.webhook("wh_1", key=key, permissions=("webhooks:write", "contacts:read"))
    change_key(fixtures, key, **SUSPENSIONS[reason])
    document = native.call("GET", path).document
    shown = document["data"][0] if "data" in document else document
    assert (shown["status"], shown["suspended_reason"]) == ("suspended", reason)
    assert "API key" in shown["disabled_reason"]
    assert shown["key_id"] == key.key_id


@pytest.mark.parametrize("path", [PATH, "/v1/webhooks"])
def test_a_webhook_of_vambe_whose_key_was_restricted_hides_no_other_webhook(
    path: str, native: Api, fixtures: Fixtures
):
    """An API without permissions rejects a restricted key with its own message."""
    key = fixtures.key("vambe_0123456789", permissions=("can_read_contacts",))
    fixtures.webhook("wh_1", key=key, form="vambe")
    answer = native.call("GET", path)
    assert answer.status == 200
    shown = answer.document["data"][0] if "data" in answer.document else answer.document
    assert (shown["status"], shown["suspended_reason"]) == ("suspended", "permission_missing")


def change_key(fixtures: Fixtures, key: ApiKey, **facts: Any) -> None:
    """Store a changed key, as only an operator can."""
    fixtures.client.put_item(
        TableName=fixtures.table_name, Item=api_key_item(replace(key, **facts))
    )


def test_a_webhook_of_before_there_were_owners_is_readable_and_suspended(
    native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_1", key=None, of_account=False)
    shown = native.call("GET", PATH).document
    assert (shown["status"], shown["suspended_reason"]) == ("suspended", "unassigned")
    assert (shown["owner"], shown["key_id"]) == (None, None)
    assert native.call("DELETE", PATH).status == 200


def test_a_webhook_of_the_account_is_active_and_only_an_operator_changes_it(
    native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_1", key=None)
    shown = native.call("GET", PATH).document
    assert (shown["status"], shown["owner"], shown["key_id"]) == ("active", "account", None)
    before = fixtures.items()
    answer = native.call("PATCH", PATH, URL)
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert native.call("POST", f"{PATH}/rotate-secret").status == 403
    assert fixtures.items() == before
    assert native.call("PATCH", PATH, {"status": "disabled"}).status == 200


WIDER = {
    "of a user": {"user": "u1"},
    "of a team": {"teams": frozenset({7})},
    "of both": {"user": "u1", "teams": frozenset({7})},
}


@pytest.mark.parametrize("wider", WIDER)
def test_no_key_points_a_webhook_elsewhere_that_is_sent_more_than_it_sees(
    wider: str, native: Api, fixtures: Fixtures
):
    """The owner of the webhook stays, so its new URL would receive what the owner sees."""
    fixtures.webhook("wh_1", key=owner(fixtures, **WIDER[wider]))
    before = fixtures.items()
    for document in (URL, {"topics": ["contact.created"]}, {"variables": ["x"]}):
        answer = native.call("PATCH", PATH, document)
        assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert native.call("POST", f"{PATH}/rotate-secret").status == 403
    assert fixtures.items() == before
    assert native.call("PATCH", PATH, {"status": "disabled"}).status == 200
    assert native.call("PATCH", PATH, {"status": "active"}).status == 403


def test_a_key_that_lacks_contacts_read_points_no_webhook_elsewhere(
    native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_1", permissions=("webhooks:write", "contacts:read"))
    fixtures.key("native_some", permissions=("webhooks:write",))
    assert native.call("PATCH", PATH, URL, key="native_some").status == 403


def test_a_key_that_sees_as_much_changes_the_webhook_and_its_owner_stays(
    native: Api, fixtures: Fixtures
):
    key = owner(fixtures)
    fixtures.webhook("wh_1", key=key)
    assert native.call("PATCH", PATH, {"description": "x"}).document["key_id"] == key.key_id
    assert native.call("POST", f"{PATH}/rotate-secret").status == 200
    assert fixtures.webhooks.find("acme", "wh_1").key_hash == key.key_hash


def test_a_key_of_a_user_knows_of_no_webhook_of_another_user(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", key=owner(fixtures, user="u1"))
    fixtures.webhook("wh_2")
    fixtures.key("native_of_u2", permissions=("*",), user="u2")
    client = Api("native_of_u2")
    assert [each["id"] for each in client.call("GET", "/v1/webhooks").document["data"]] == ["wh_2"]
    since = {"since": "2026-11-22T05:00:00Z"}
    for method, path, document in (
        ("GET", "", None),
        ("PATCH", "", URL),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("POST", "/redeliver", since),
        ("GET", "/deliveries", None),
    ):
        assert client.call(method, f"{PATH}{path}", document).status == 404


def test_the_key_of_another_account_owns_nothing_here(native: Api, fixtures: Fixtures):
    foreign = fixtures.key("native_globex", account="globex", permissions=("*",))
    fixtures.webhook("wh_1", key=foreign)
    assert native.call("GET", PATH).document["suspended_reason"] == "key_revoked"


def test_what_an_operator_has_disabled_no_key_enables(native: Api, fixtures: Fixtures):
    fixtures.webhook("wh_1", status="disabled", disabled_by_operator=True)
    before = fixtures.items()
    answer = native.call("PATCH", PATH, {"status": "active"})
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert fixtures.items() == before


def test_a_suspended_webhook_is_not_tried(native: Api, fixtures: Fixtures, queued: Queue):
    fixtures.webhook("wh_1", key=owner(fixtures, active=False))
    answer = native.call("POST", f"{PATH}/test")
    assert (answer.status, answer.document["code"]) == (409, "webhook_inactive")
    assert "revoked" in answer.document["detail"]
    assert queued.tasks() == []
