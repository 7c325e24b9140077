"""GET /v1/account: the account, its limits and what it uses of them."""

import pytest

from shared.domain.accounts import Account
from shared.domain.imports import BacklogChange, OpenImport
from tests.api import Api
from tests.fixtures import LONG_AGO, NEVER, Fixtures

PATH = "/v1/account"


def test_an_account_without_anything_uses_nothing_but_its_key(native: Api, fixtures: Fixtures):
    fixtures.accounts.add(Account("acme", "Acme", (), "en-US"))
    answer = native.call("GET", PATH)
    assert answer.status == 200
    assert answer.document == {
        "id": "acme",
        "name": "Acme",
        "locale": "en-US",
        "requests_per_second": None,
        "limits": {
            "definitions": {"used": 0, "limit": 5000},
            # The highest contact id.
            "contacts": {"used": 123, "limit": 5_000_000},
            "webhooks": {"used": 0, "limit": 50},
            "keys": {"used": 1, "limit": 200},
            "open_imports": {"used": 0, "limit": 100},
            "running_imports": {"used": 0, "limit": 1},
            "agents": {"used": 0, "limit": 100},
            "hooks": {"used": 0, "limit": 200},
        },
        "retention_days": {"activity": 90, "deliveries": 30, "imports": 30, "suggestions": 30},
    }


def test_what_an_account_has_is_counted(native: Api, fixtures: Fixtures):
    fixtures.account("acme")
    for name in ("plan", "visits", "gone"):
        made = fixtures.definition(name)
    fixtures.definitions.delete("acme", made)
    fixtures.webhook("wh_1")
    fixtures.webhook("wh_2", account="globex")
    for agent_id in ("agent_1", "agent_2"):
        fixtures.agent(agent_id)
    fixtures.agent("agent_1", account="globex")
    fixtures.hook()
    fixtures.key("an_expired_key", valid_until=LONG_AGO)
    fixtures.key("a_key_of_another", account="globex")
    opened = [
        OpenImport("imp_1", NEVER, has_file=True),
        OpenImport("imp_2", NEVER, has_file=True),
        OpenImport("imp_3", NEVER),
        OpenImport("imp_4", LONG_AGO),
    ]
    fixtures.imports.replace_backlog(
        "acme", BacklogChange(fixtures.imports.backlog("acme"), opened)
    )
    limits = native.call("GET", PATH).document["limits"]
    assert {name: each["used"] for name, each in limits.items()} == {
        "definitions": 2,
        "contacts": 123,
        "webhooks": 1,
        "keys": 1,
        "open_imports": 3,
        "running_imports": 1,
        "agents": 2,
        "hooks": 1,
    }


def test_the_limits_are_those_of_the_deployment(
    native: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    for name, value in {
        "MAX_DEFINITIONS": "7",
        "MAX_CONTACTS": "9",
        "IMPORTS_PER_ACCOUNT": "3",
        "ACTIVITY_DAYS": "400",
        "SUGGESTION_DAYS": "8",
    }.items():
        monkeypatch.setenv(name, value)
    found = native.call("GET", PATH).document
    assert found["limits"]["definitions"]["limit"] == 7
    assert found["limits"]["contacts"]["limit"] == 9
    assert found["limits"]["running_imports"]["limit"] == 3
    assert (found["retention_days"]["activity"], found["retention_days"]["suggestions"]) == (400, 8)


def test_an_account_of_an_earlier_version_has_no_count_yet(native: Api):
    """Its data can be older than the item of the account, and than its head."""
    found = native.call("GET", PATH).document
    assert (found["id"], found["name"], found["locale"]) == ("acme", "", None)
    assert found["limits"]["definitions"]["used"] is None


def test_the_limit_of_requests_is_told(native: Api, fixtures: Fixtures):
    fixtures.account("acme")
    fixtures.accounts.limit("acme", 50)
    assert native.call("GET", PATH).document["requests_per_second"] == 50


def test_a_key_without_the_permission_is_403(native: Api, fixtures: Fixtures):
    fixtures.key("native_contacts", permissions=("contacts:read", "keys:read"))
    assert native.call("GET", PATH, key="native_contacts").status == 403
