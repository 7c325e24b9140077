"""POST /v1/keys: create an API key, which never has more than the key that creates it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Grant
from shared.domain.disclosure import Purpose, Sensitivity
from shared.domain.errors import Unavailable
from shared.domain.sources import Source
from shared.services.accounts.access import account_in_key, hash_api_key
from shared.services.accounts.api_keys import MAX_VALID_KEYS
from shared.table.api_keys import ApiKeyTable
from shared.table.dynamo import Table
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/keys"
READER = {"permissions": ["contacts:read"]}
ONCE = {"idempotency-key": "a-request"}
SOON = datetime(2099, 1, 1, tzinfo=UTC)
LIMITED = {
    "permissions": ("contacts:read", "keys:write", "chatbots.contacts.list"),
    "requests_per_minute": 60,
    "valid_until": SOON,
    "user": "ann",
    "teams": frozenset({7}),
    "source": Source.API,
    "purpose": Purpose.TOOL,
    "sensitivity": Sensitivity.PERSONAL,
}


def test_a_key_is_created_and_works(operator: Api, fixtures: Fixtures):
    answer = operator.call("POST", PATH, {**READER, "name": "nightly import"})
    assert answer.status == 201
    made = answer.document
    secret = made.pop("secret")
    assert account_in_key(secret) == "acme"
    assert made["hint"] == f"{secret[:4]}...{secret[-4:]}"
    assert (made["name"], made["status"], made["permissions"]) == (
        "nightly import",
        "active",
        ["contacts:read"],
    )
    (own,) = [each for each in fixtures.credentials.list("acme") if each.grants[1:]]
    assert made["created_by"] == own.key_id
    shown = operator.call("GET", f"{PATH}/{made['id']}").document
    assert shown == {**made, "last_used_at": None}
    assert operator.call("GET", "/v1/contacts/contact_123", key=secret).status == 200
    assert operator.call("GET", "/v1/webhooks", key=secret).status == 403


def test_what_is_left_out_is_as_with_the_key_that_asks(native: Api, fixtures: Fixtures):
    fixtures.key("native_limited_operator", **LIMITED)
    made = native.call("POST", PATH, READER, key="native_limited_operator").document
    assert made["requests_per_minute"] == 60
    assert made["expires_at"] == "2099-01-01T00:00:00.000Z"
    assert (made["source"], made["purpose"], made["sensitivity"]) == ("api", "tool", "personal")
    assert (made["user"], made["teams"], made["read_only"]) == (None, [], False)


def test_all_that_a_key_can_have_is_stored(operator: Api, fixtures: Fixtures):
    body = {
        "name": "all",
        "permissions": ["contacts:read", "chatbots.contacts.list@chatbots/bot_1"],
        "read_only": True,
        "requests_per_minute": 5,
        "expires_at": "2099-01-31T02:00:00+02:00",
        "source": "ai",
        "purpose": "prompt",
        "sensitivity": "public",
    }
    made = operator.call("POST", PATH, body).document
    assert made.items() >= {**body, "expires_at": "2099-01-31T00:00:00.000Z"}.items()
    key = fixtures.credentials.find(hash_api_key(made["secret"]))
    assert key.grants[1] == Grant("chatbots.contacts.list", "chatbots/bot_1")
    assert (key.source, key.purpose, key.sensitivity) == (
        Source.AI,
        Purpose.PROMPT,
        Sensitivity.PUBLIC,
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"permissions": ["contacts:write"]}, "permission contacts:write"),
        ({"permissions": ["*"]}, "permission *"),
        ({"permissions": ["*@chatbots/bot_1"]}, "permission *@chatbots/bot_1"),
        ({"permissions": []}, "full access to the APIs without permissions"),
        ({**READER, "requests_per_minute": 61}, "more than 60 requests per minute"),
        ({**READER, "requests_per_minute": None}, "more than 60 requests per minute"),
        ({**READER, "expires_at": "2099-01-01T00:00:00.001Z"}, "a later expiry"),
        ({**READER, "expires_at": None}, "a later expiry"),
        ({**READER, "user": "bob"}, "user bob"),
        ({**READER, "teams": [7, 9, 8]}, "team 8; team 9"),
        ({**READER, "source": "human"}, "source human"),
        ({**READER, "source": "system"}, "source system"),
        ({**READER, "purpose": None}, "purpose any"),
        ({**READER, "purpose": "prompt"}, "purpose prompt"),
        ({**READER, "sensitivity": "sensitive"}, "sensitivity sensitive"),
        (
            {"permissions": ["webhooks:read"], "teams": [1], "source": "human"},
            "permission webhooks:read; team 1; source human",
        ),
    ],
)
def test_a_key_never_gives_more_than_it_has(
    body: Any, reason: str, native: Api, fixtures: Fixtures
):
    fixtures.key("native_limited_operator", **LIMITED)
    before = fixtures.items()
    answer = native.call("POST", PATH, body, key="native_limited_operator")
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert answer.document["detail"] == f"The API key cannot give what it lacks: {reason}"
    counted = [each for each in fixtures.items() if each["entity"]["S"] != "request_count"]
    assert counted == before


@pytest.mark.parametrize(
    "body",
    [
        READER,
        {**READER, "user": "ann", "teams": [7]},
        {**READER, "requests_per_minute": 60, "expires_at": "2099-01-01T00:00:00Z"},
        {**READER, "source": "import", "purpose": "tool", "sensitivity": "public"},
        {**READER, "source": "ai"},
        {"permissions": ["contacts:read@chatbots/bot_1"]},
        {"permissions": ["chatbots.contacts.list@chatbots/bot_1"]},
    ],
)
def test_a_key_gives_what_it_has(body: Any, native: Api, fixtures: Fixtures):
    fixtures.key("native_limited_operator", **LIMITED)
    assert native.call("POST", PATH, body, key="native_limited_operator").status == 201


@pytest.mark.parametrize("permissions", [["*"], ["webhooks:read"], []])
def test_a_key_of_a_user_gives_no_sight_of_the_webhooks_of_others(
    permissions: list[str], native: Api, fixtures: Fixtures
):
    fixtures.webhook("wh_ada", key=fixtures.key("a-key-of-ada-0123", user="ada"))
    fixtures.key("a-key-of-bob-0123", permissions=("*", "keys:write"), user="bob")
    body = {"permissions": permissions}
    answer = native.call("POST", PATH, body, key="a-key-of-bob-0123")
    reason = "the webhooks of other users and teams"
    assert answer.document["detail"] == f"The API key cannot give what it lacks: {reason}"
    body["user"] = "bob"
    made = native.call("POST", PATH, body, key="a-key-of-bob-0123").document["secret"]
    if permissions:
        assert native.call("GET", "/v1/webhooks", key=made).document["data"] == []


@pytest.mark.parametrize("permission", ["keys:read", "keys:write", "keys:write@chatbots/bot_1"])
def test_no_key_that_manages_keys_is_created(permission: str, operator: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = operator.call("POST", PATH, {"permissions": ["contacts:read", permission]})
    assert (answer.status, answer.document["code"]) == (403, "permission_denied")
    assert answer.document["detail"].endswith(f"permission {permission}")
    assert fixtures.items() == before


def test_a_key_that_may_do_everything_manages_no_keys(operator: Api):
    secret = operator.call("POST", PATH, {"permissions": ["*"]}).document["secret"]
    assert operator.call("GET", "/v1/webhooks", key=secret).status == 200
    assert operator.call("POST", PATH, READER, key=secret).status == 403


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("/permissions", "required")}),
        ({**READER, "extra": 1}, {("/extra", "unknown_member")}),
        (
            {
                "permissions": ["a b", "x"],
                "name": "a\x1b",
                "read_only": 1,
                "user": "",
                "teams": [-1],
                "requests_per_minute": 0,
                "expires_at": "2099-01-31",
                "source": "person",
                "purpose": "webhook",
                "sensitivity": "secret",
            },
            {
                (f"/{name}", "invalid_value")
                for name in (
                    *("permissions", "name", "read_only", "user", "teams/0", "expires_at"),
                    *("requests_per_minute", "source", "purpose", "sensitivity"),
                )
            },
        ),
        ({"permissions": ["x@"]}, {("/permissions", "invalid_value")}),
        ({"permissions": ["@x"]}, {("/permissions", "invalid_value")}),
        ({"permissions": "x"}, {("/permissions", "invalid_value")}),
        ({"permissions": ["x"] * 101}, {("/permissions", "invalid_value")}),
        ({**READER, "expires_at": "2020-01-01T00:00:00Z"}, {("/expires_at", "invalid_value")}),
        ({**READER, "expires_at": "x" * 41}, {("/expires_at", "invalid_value")}),
        ({**READER, "expires_at": "tomorrow"}, {("/expires_at", "invalid_value")}),
    ],
)
def test_all_that_is_wrong_is_told_at_once(
    body: Any, faults: set[Any], operator: Api, fixtures: Fixtures
):
    before = fixtures.items()
    answer = operator.call("POST", PATH, body)
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert {(each["pointer"], each["code"]) for each in answer.document["errors"]} == faults
    assert fixtures.items() == before


def test_a_malformed_idempotency_key_is_told_with_the_faults_of_the_body(operator: Api):
    long = {"idempotency-key": "x" * 256}
    answer = operator.call("POST", PATH, {}, headers=long)
    (header, body) = answer.document["errors"]
    assert (header["header"], body["pointer"]) == ("Idempotency-Key", "/permissions")
    answer = operator.call("POST", PATH, READER, headers=long)
    assert [each["header"] for each in answer.document["errors"]] == ["Idempotency-Key"]


def test_a_retry_creates_no_second_key_and_shows_no_secret(operator: Api, fixtures: Fixtures):
    first = operator.call("POST", PATH, READER, headers=ONCE)
    before = fixtures.items()
    again = operator.call("POST", PATH, READER, headers=ONCE)
    assert again.status == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert again.document == {**first.document, "secret": None}
    assert fixtures.items() == before


def test_an_idempotency_key_belongs_to_one_request(operator: Api, fixtures: Fixtures):
    operator.call("POST", PATH, READER, headers=ONCE)
    answer = operator.call("POST", PATH, {**READER, "name": "another"}, headers=ONCE)
    assert (answer.status, answer.document["code"]) == (422, "idempotency_key_reused")
    operations = "/v1/contacts/contact_123/variables"
    answer = operator.call("PATCH", operations, {}, headers=ONCE)
    assert answer.document["code"] == "idempotency_key_reused"
    assert len(fixtures.credentials.list("acme")) == 3


def test_a_record_of_another_request_creates_no_key(operator: Api, fixtures: Fixtures):
    operator.call("PATCH", "/v1/contacts/contact_123/variables", {}, headers=ONCE)
    answer = operator.call("POST", PATH, READER, headers=ONCE)
    assert (answer.status, answer.document["code"]) == (422, "idempotency_key_reused")


def test_the_key_itself_is_stored_and_logged_nowhere(
    operator: Api, fixtures: Fixtures, caplog: pytest.LogCaptureFixture, capsys: Any
):
    made = operator.call("POST", PATH, READER, headers=ONCE).document
    written = json.dumps(fixtures.items(), default=str)
    logged = caplog.text + str(capsys.readouterr()) + repr([vars(r) for r in caplog.records])
    assert made["secret"] not in written
    assert made["secret"] not in logged
    random_part = made["secret"].split("_")[2][:48]
    assert random_part not in written + logged


def test_a_change_of_keys_is_logged_with_who_made_it(
    operator: Api, caplog: pytest.LogCaptureFixture
):
    made = operator.call("POST", PATH, READER).document
    (line,) = [vars(each) for each in caplog.records if each.message == "api key changed"]
    assert (
        line["facts"].items()
        >= {
            "change": "created",
            "account_id": "acme",
            "changed_key_id": made["id"],
            "key_id": made["created_by"],
            "request_id": "a-request",
        }.items()
    )


def test_an_account_has_so_many_valid_keys_at_most(operator: Api, fixtures: Fixtures):
    for number in range(MAX_VALID_KEYS - 2):
        fixtures.key(f"another_key_{number}")
    fixtures.key("another_expired_key", valid_until=LONG_AGO)
    fixtures.key("another_revoked_key", active=False)
    answer = operator.call("POST", PATH, READER)
    assert (answer.status, answer.document["code"]) == (409, "limit_reached")
    fixtures.credentials.revoke(fixtures.credentials.find(hash_api_key("another_key_7")))
    assert operator.call("POST", PATH, READER).status == 201


def test_a_key_of_another_account_is_never_created(operator: Api, fixtures: Fixtures):
    fixtures.key("native_globex", account="globex", permissions=("*", "keys:write"))
    made = operator.call("POST", PATH, READER, key="native_globex").document
    assert account_in_key(made["secret"]) == "globex"
    assert made["id"] not in [each.key_id for each in fixtures.credentials.list("acme")]
    assert operator.call("GET", f"{PATH}/{made['id']}").status == 404


def test_a_key_that_is_revoked_while_it_creates_one_creates_none(
    operator: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """After its revocation, a stolen key creates no more keys."""
    own = next(key for key in fixtures.credentials.list("acme") if len(key.grants) > 1)
    count = len(fixtures.credentials.list("acme"))
    limit_of = ApiKeyTable.account_limit

    def revoke_first(self: ApiKeyTable, account_id: str) -> int | None:
        fixtures.credentials.revoke(own)
        return limit_of(self, account_id)

    monkeypatch.setattr(ApiKeyTable, "account_limit", revoke_first)
    answer = operator.call("POST", PATH, READER)
    assert (answer.status, answer.document["code"]) == (401, "invalid_api_key")
    assert len(fixtures.credentials.list("acme")) == count


def test_a_limit_that_changes_meanwhile_is_that_of_the_new_key(
    operator: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    fixtures.account("acme")
    limit_of = ApiKeyTable.account_limit
    limits = iter([9])

    def change_once(self: ApiKeyTable, account_id: str) -> int | None:
        before = limit_of(self, account_id)
        for limit in limits:
            fixtures.accounts.limit("acme", limit)
        return before

    monkeypatch.setattr(ApiKeyTable, "account_limit", change_once)
    made = operator.call("POST", PATH, READER).document
    stored = fixtures.credentials.find(hash_api_key(made["secret"]))
    assert stored.account_requests_per_second == 9


def test_a_creation_that_is_killed_creates_all_or_nothing(
    operator: Api, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    """Its retry creates the key, or says which one was created."""
    before = fixtures.items()
    write = Table.write

    def die_before(self: Table, *_: Any, **__: Any) -> None:
        raise Unavailable

    def die_after(self: Table, *arguments: Any, **options: Any) -> None:
        write(self, *arguments, **options)
        raise Unavailable

    monkeypatch.setattr(Table, "write", die_before)
    assert operator.call("POST", PATH, READER, headers=ONCE).status == 500
    assert fixtures.items() == before
    monkeypatch.setattr(Table, "write", die_after)
    assert operator.call("POST", PATH, READER, headers=ONCE).status == 500
    monkeypatch.setattr(Table, "write", write)
    again = operator.call("POST", PATH, READER, headers=ONCE)
    assert (again.status, again.document["secret"]) == (201, None)
    assert len(fixtures.credentials.list("acme")) == 3
    rotated = operator.call("POST", f"{PATH}/{again.document['id']}/rotate", {"overlap_hours": 0})
    assert rotated.document["secret"]


def test_a_record_that_has_expired_is_none(operator: Api, fixtures: Fixtures):
    first = operator.call("POST", PATH, READER, headers=ONCE).document
    (record,) = [each for each in fixtures.items() if each["entity"]["S"] == "idempotency_record"]
    past = str(int((datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000))
    fixtures.put_back([{**record, "ends_at": {"N": past}}])
    again = operator.call("POST", PATH, READER, headers=ONCE).document
    assert again["secret"]
    assert again["id"] != first["id"]


def test_a_key_whose_entry_is_gone_is_not_replayed(operator: Api, fixtures: Fixtures):
    """No code deletes entries. Without one, a retry fails and invents no key."""
    made = operator.call("POST", PATH, READER, headers=ONCE).document
    entry = {
        name: value
        for name, value in next(
            each for each in fixtures.items() if each["sk"]["S"] == f"APIKEY#{made['id']}"
        ).items()
        if name in ("pk", "sk")
    }
    fixtures.client.delete_item(TableName=fixtures.table_name, Key=entry)
    assert operator.call("POST", PATH, READER, headers=ONCE).status == 500
