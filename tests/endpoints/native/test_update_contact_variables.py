"""PATCH /v1/contacts/{contact_id}/variables: a merge patch of variables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.domain.errors import WriteConflict
from shared.services import conflicts
from shared.services.variables import value_changes
from shared.table.idempotency import is_being_written
from tests.api import Answer, Api
from tests.failures import conflicting, failing
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/variables"


@pytest.fixture
def defined(native: Api, fixtures: Fixtures) -> Api:
    fixtures.value(fixtures.definition("level"), "Gold")
    fixtures.definition("balance", "number", aliases=("amount",))
    return native


def values(api: Api) -> dict[str, Any]:
    shown = api.call("GET", PATH).document["variables"]
    return {name: each["value"] for name, each in shown.items()}


def patch(api: Api, document: Any, key: str | None = None, **query: str) -> Answer:
    headers = {} if key is None else {"Idempotency-Key": key}
    return api.call("PATCH", PATH, document, query=query, headers=headers)


def test_a_value_sets_and_null_removes(defined: Api):
    answer = patch(defined, {"level": None, "balance": 12.5})
    assert answer.status == 200
    results = answer.document["results"]
    assert results["level"] == {"outcome": "removed"}
    assert results["balance"]["outcome"] == "set"
    assert values(defined) == {"balance": 12.5}
    shown = defined.call("GET", PATH).document["variables"]["balance"]
    assert shown["version"] == results["balance"]["version"]


def test_an_empty_patch_changes_nothing(defined: Api):
    assert patch(defined, {}).document == {"results": {}}


def test_every_fault_is_reported_and_nothing_is_written(defined: Api, fixtures: Fixtures):
    before = fixtures.items()
    answer = patch(defined, {"balance": "much", "nobody": 1, "level": "Silver", "a/b": 1})
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert [(each["pointer"], each["code"]) for each in answer.document["errors"]] == [
        ("/balance", "invalid_value"),
        ("/nobody", "undefined_variable"),
        ("/a~1b", "undefined_variable"),
    ]
    assert fixtures.items() == before


def test_faults_of_query_and_headers_are_reported_together(defined: Api):
    headers = {"Idempotency-Key": "k" * 256, "If-Match": "x"}
    answer = defined.call("PATCH", PATH, {}, query={"mode": "lenient"}, headers=headers)
    places = [each.get("parameter") or each["header"] for each in answer.document["errors"]]
    assert places == ["mode", "If-Match", "Idempotency-Key"]


def test_a_name_that_is_given_twice_is_a_fault(defined: Api):
    answer = defined.call("PATCH", PATH, body=b'{"level": "a", "level": "b"}')
    assert (answer.status, answer.document["code"]) == (400, "malformed_body")
    assert values(defined) == {"level": "Gold"}


def test_coerce_accepts_similar_names_and_localized_values(defined: Api):
    answer = patch(defined, {"Amount": "1,234.50"}, mode="coerce")
    assert answer.document["results"].keys() == {"balance"}
    assert values(defined)["balance"] == 1234.5


def test_coerce_reads_no_variables_out_of_texts(defined: Api, fixtures: Fixtures):
    """Systems send each field as a field."""
    fixtures.definition("notes")
    assert patch(defined, {"Notes": "balance: 7"}, mode="coerce").status == 200
    assert values(defined) == {"level": "Gold", "notes": "balance: 7"}


def test_a_fault_of_a_coerced_value_points_at_the_key_that_was_sent(defined: Api):
    answer = patch(defined, {"Amount": "much"}, mode="coerce")
    assert [each["pointer"] for each in answer.document["errors"]] == ["/Amount"]


def test_two_keys_of_one_variable_are_a_fault(defined: Api):
    answer = patch(defined, {"newOne": 1, "new_one": 2}, mode="auto_create")
    assert [each["pointer"] for each in answer.document["errors"]] == ["/new_one"]


def test_auto_create_defines_unknown_names(defined: Api):
    assert patch(defined, {"visits": 3}, mode="auto_create").status == 200
    assert values(defined)["visits"] == 3


def test_null_for_a_name_that_is_not_defined_changes_nothing(defined: Api):
    answer = patch(defined, {"nobody": None}, mode="auto_create")
    assert answer.document == {"results": {"nobody": {"outcome": "unchanged"}}}


def test_the_entity_tag_of_the_set_guards_all_of_it(defined: Api):
    tag = defined.call("GET", PATH).headers["etag"]
    headers = {"If-Match": tag}
    assert defined.call("PATCH", PATH, {"balance": 1}, headers=headers).status == 200
    stale = defined.call("PATCH", PATH, {"balance": 2}, headers=headers)
    assert stale.status == 412
    assert stale.headers["etag"] == defined.call("GET", PATH).headers["etag"]
    assert values(defined)["balance"] == 1


def test_the_entity_tag_of_a_part_guards_the_whole(defined: Api):
    tag = defined.call("GET", PATH, query={"fields": "balance"}).headers["etag"]
    patch(defined, {"level": "Silver"})
    headers = {"If-Match": tag}
    assert defined.call("PATCH", PATH, {"balance": 1}, headers=headers).status == 412


def test_pages_that_are_not_written_are_guarded_too(native: Api, fixtures: Fixtures):
    for number in range(33):
        fixtures.definition(f"v{number}")
    patch(native, {"v0": "a", "v32": "b"})
    headers = {"If-Match": native.call("GET", PATH).headers["etag"]}
    assert native.call("PATCH", PATH, {"v0": "c"}, headers=headers).status == 200


def test_a_repeated_request_is_answered_from_its_record(defined: Api, fixtures: Fixtures):
    first = patch(defined, {"balance": 1}, "key-1")
    patch(defined, {"balance": 2})
    before = fixtures.items()
    again = patch(defined, {"balance": 1}, "key-1")
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status, again.document) == (first.status, first.document)
    assert values(defined)["balance"] == 2
    assert fixtures.items() == before


def test_the_spelling_of_the_json_does_not_matter(defined: Api):
    patch(defined, {"balance": 1, "level": "a"}, "key-1")
    body = b'{"level":"a",  "balance":1}'
    again = defined.call("PATCH", PATH, body=body, headers={"Idempotency-Key": "key-1"})
    assert again.headers["idempotent-replayed"] == "true"


def test_another_request_with_the_key_is_refused(defined: Api):
    patch(defined, {"balance": 1}, "key-1")
    answer = patch(defined, {"balance": 2}, "key-1")
    assert (answer.status, answer.document["code"]) == (422, "idempotency_key_reused")
    assert patch(defined, {"balance": 1}, "key-1", mode="coerce").status == 422
    assert values(defined)["balance"] == 1


def test_another_api_key_has_idempotency_keys_of_its_own(defined: Api, fixtures: Fixtures):
    patch(defined, {"balance": 1}, "key-1")
    fixtures.key("another-key", permissions=("contacts:write",))
    assert patch(Api("another-key"), {"balance": 2}, "key-1").status == 200
    assert values(defined)["balance"] == 2


def test_a_refused_request_leaves_no_record(defined: Api):
    assert patch(defined, {"balance": "much"}, "key-1").status == 400
    assert patch(defined, {"balance": 1}, "key-1").status == 200


def test_a_record_has_no_values_and_expires(defined: Api, fixtures: Fixtures):
    patch(defined, {"level": "a secret of John"}, "key-1")
    (record,) = [each for each in fixtures.items() if each["entity"]["S"] == "idempotency_record"]
    assert "secret" not in str(record)
    left = datetime.fromtimestamp(int(record["expires_at"]["N"]), UTC) - datetime.now(UTC)
    assert timedelta(hours=23) < left <= timedelta(hours=24)


def test_an_expired_record_is_none(defined: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(value_changes, "KEPT_FOR", timedelta(0))
    patch(defined, {"balance": 1}, "key-1")
    assert patch(defined, {"balance": 2}, "key-1").status == 200
    assert values(defined)["balance"] == 2


@pytest.mark.parametrize("key", ["", " ", "é"])
def test_an_idempotency_key_is_printable(defined: Api, key: str):
    answer = patch(defined, {"balance": 1}, key)
    assert answer.document["errors"][0]["header"] == "Idempotency-Key"


def test_a_request_whose_record_is_being_written_is_in_progress():
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    conflict = WriteConflict()
    assert not is_being_written(conflict)
    response: Any = {"Error": {"Code": "TransactionCanceled"}, "CancellationReasons": reasons}
    conflict.__cause__ = ClientError(response, "TransactWriteItems")
    assert is_being_written(conflict)


@pytest.mark.parametrize(
    ("position", "attempts", "status", "code"),
    [
        # The record comes first: another request has the key.
        (0, 1, 409, "request_in_progress"),
        # Another request writes the page again and again.
        (1, 12, 500, "unavailable"),
    ],
)
def test_a_request_that_conflicts_with_another_writes_nothing(
    position: int,
    attempts: int,
    status: int,
    code: str,
    defined: Api,
    fixtures: Fixtures,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(conflicts.time, "sleep", lambda _: None)
    before = fixtures.items()
    with failing({"TransactWriteItems": conflicting(position)}) as asked:
        answer = patch(defined, {"balance": 1}, "key-1")
    assert (answer.status, answer.document["code"]) == (status, code)
    assert asked.count("TransactWriteItems") == attempts
    assert fixtures.items() == before
    assert patch(defined, {"balance": 1}, "key-1").status == 200


@pytest.mark.parametrize("reference", ["contact_9", "123"])
def test_there_is_no_such_contact(defined: Api, reference: str):
    path = f"/v1/contacts/{reference}/variables"
    headers = {"Idempotency-Key": "key-1"}
    assert defined.call("PATCH", path, {"level": "a"}, headers=headers).status == 404


def test_too_many_variables_are_refused(defined: Api):
    answer = patch(defined, {f"v{number}": 1 for number in range(5001)})
    assert (answer.status, answer.document["code"]) == (413, "too_many_variables")


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert patch(Api("another-key"), {"level": "a"}).status == 403
