"""GET /v1/definitions/unknown-names: names that writes were refused for, offered as aliases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from shared.domain.errors import UnknownName
from shared.table.dynamo import Table
from shared.table.errors import translate_errors
from shared.table.unknown_names import KEPT_FOR, UnknownNameTable
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.endpoints.native.conftest import KEY
from tests.fixtures import Fixtures

PATH = "/v1/definitions/unknown-names"
VARIABLES = "/v1/contacts/contact_123/variables"
NOW = datetime(2026, 11, 28, 10, 30, tzinfo=UTC)


def noted(api: Api) -> list[dict[str, Any]]:
    answer = api.call("GET", PATH)
    assert answer.status == 200
    return answer.document["data"]


def names(api: Api) -> list[str]:
    return [each["name"] for each in noted(api)]


WRITES = [
    ("PATCH", VARIABLES, {"loyalty_tier": "Gold"}, "contact"),
    ("PUT", f"{VARIABLES}/loyalty_tier", {"value": "Gold"}, "contact"),
    (
        "POST",
        f"{VARIABLES}/operations",
        {"operations": [{"op": "set_once", "variable": "loyalty_tier", "value": "Gold"}]},
        "contact",
    ),
    ("PATCH", "/v1/business/variables", {"loyalty_tier": "Gold"}, "business"),
    ("POST", "/v1/contacts", {"first_name": "A", "variables": {"loyalty_tier": "x"}}, "contact"),
    ("POST", "/api/v1/contacts/123/context", {"variables": {"loyalty_tier": "Gold"}}, "contact"),
]


@pytest.mark.parametrize(("method", "path", "body", "context_type"), WRITES)
def test_a_name_that_a_write_is_refused_for_is_listed(
    native: Api, method: str, path: str, body: Any, context_type: str
):
    assert native.call(method, path, body).status in (400, 404)
    [found] = noted(native)
    hour = found.pop("first_seen")
    assert found.pop("last_seen") == hour
    assert hour.endswith(":00:00.000Z")
    assert found == {
        "name": "loyalty_tier",
        "context_type": context_type,
        "requests": 1,
        "suggestions": [],
    }


def test_the_refused_request_stores_one_item_and_no_value(native: Api, fixtures: Fixtures):
    before = {str(each) for each in fixtures.items(with_unknown_names=True)}
    body = {"loyalty_tier": "a secret", "another_unknown": "a secret"}
    assert native.call("PATCH", VARIABLES, body).status == 400
    made = [each for each in fixtures.items(with_unknown_names=True) if str(each) not in before]
    assert {each["entity"]["S"] for each in made} <= {"unknown_name", "key_use"}
    assert len([each for each in made if each["entity"]["S"] == "unknown_name"]) == 1
    assert "a secret" not in str(made)


@pytest.mark.parametrize(
    "name", ["ann@example.com", "+1 (212) 555-0100", "x" * 101, "a\u0000b", "___"]
)
def test_what_may_be_someones_data_is_not_recorded(native: Api, name: str):
    assert native.call("PATCH", VARIABLES, {name: "x"}).status == 400
    assert noted(native) == []


def test_a_variable_that_the_key_does_not_see_is_not_unknown(native: Api, fixtures: Fixtures):
    fixtures.definition("of_ann", owner="ann")
    assert native.call("PATCH", VARIABLES, {"of_ann": "x"}).status == 400
    assert noted(native) == []


@pytest.mark.parametrize("name", ["of_ann", "Anns Note"])
def test_a_name_that_became_one_of_a_hidden_variable_is_not_shown(
    native: Api, fixtures: Fixtures, name: str
):
    native.call("PATCH", VARIABLES, {name: "x"})
    assert names(native) == [name]
    fixtures.definition("of_ann", owner="ann", aliases=("anns note",))
    assert names(native) == []


def test_a_name_of_a_deleted_hidden_variable_is_not_recorded(native: Api, fixtures: Fixtures):
    deleted = fixtures.definition("of_ann", owner="ann")
    fixtures.key("a_key_of_ann", permissions=("*",), user="ann")
    ann = Api("a_key_of_ann")
    assert ann.call("DELETE", f"/v1/definitions/{deleted.external_id}").status == 200
    assert ann.call("PATCH", VARIABLES, {"of_ann": "x"}).status == 400
    assert ann.call("PUT", f"{VARIABLES}/of_ann", {"value": "x"}).status == 404
    assert names(native) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException"])
def test_a_record_that_fails_changes_no_answer(
    native: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, code: str
):
    """A function can be newer than its policy while a deployment goes on."""

    def fail(*_: Any) -> None:
        with translate_errors():
            raise ClientError({"Error": {"Code": code, "Message": "a name"}}, "UpdateItem")

    monkeypatch.setattr(Table, "write", fail)
    assert native.call("PATCH", VARIABLES, {"loyalty_tier": "Gold"}).status == 400
    failed = [vars(each)["facts"]["error_code"] for each in caplog.records if each.msg == "failed"]
    assert failed == ([code] if code == "AccessDeniedException" else [])


def test_similar_definitions_that_the_key_sees_are_suggested(native: Api, fixtures: Fixtures):
    fixtures.definition("of_ann_email", owner="ann")
    fixtures.definition("city")
    fixtures.definition("business_email", context_type="business")
    email = fixtures.definition("customer_email")
    native.call("PATCH", VARIABLES, {"Contact Email": "x"})
    [found] = noted(native)
    assert found["suggestions"] == [
        {
            "definition_id": email.external_id,
            "name": "customer_email",
            "display_name": email.display_name,
            "similarity": 0.5,
        }
    ]


def test_a_name_vanishes_once_it_is_an_alias(native: Api, fixtures: Fixtures):
    tier = fixtures.definition("membership_level")
    native.call("PATCH", VARIABLES, {"Loyalty tier": "Gold"}, query={"mode": "coerce"})
    assert names(native) == ["Loyalty tier"]
    changed = native.call(
        "PATCH", f"/v1/definitions/{tier.external_id}", {"aliases": ["loyalty tier"]}
    )
    assert changed.status == 200
    assert names(native) == []
    sent = {"Loyalty tier": "Gold"}
    assert native.call("PATCH", VARIABLES, sent, query={"mode": "coerce"}).status == 200


def test_a_name_vanishes_once_it_is_defined(native: Api, fixtures: Fixtures):
    native.call("PATCH", VARIABLES, {"loyalty_tier": "Gold"})
    fixtures.definition("loyalty_tier")
    assert names(native) == []


def test_names_that_come_more_often_come_first(native: Api):
    for name in ("rare", "frequent", "frequent"):
        native.call("PATCH", VARIABLES, {name: "x"})
    assert [(each["name"], each["requests"]) for each in noted(native)] == [
        ("frequent", 2),
        ("rare", 1),
    ]


def test_it_needs_a_permission(native: Api, fixtures: Fixtures):
    fixtures.key("another_key_of_acme", permissions=("contacts:read",))
    assert Api("another_key_of_acme").call("GET", PATH).status == 403


def test_another_account_has_its_own_names(native: Api, fixtures: Fixtures):
    native.call("PATCH", VARIABLES, {"loyalty_tier": "Gold"})
    fixtures.key("a_key_of_another", "other", permissions=("*",))
    assert noted(Api("a_key_of_another")) == []
    assert names(Api(KEY)) == ["loyalty_tier"]


@pytest.fixture
def record(fixtures: Fixtures) -> Iterator[UnknownNameTable]:
    return UnknownNameTable(wiring.table())


def note(record: UnknownNameTable, name: str, at: datetime = NOW, times: int = 1) -> None:
    for _ in range(times):
        record.note("acme", [UnknownName("contact", name)], at)


def stored(record: UnknownNameTable) -> dict[str, int]:
    return {each.unknown.name: each.requests for each in record.list("acme", NOW)}


def test_a_function_stores_a_name_at_its_first_second_fourth_request(record: UnknownNameTable):
    seen = []
    for _ in range(9):
        note(record, "tier")
        seen.append(stored(record)["tier"])
    assert seen == [1, 2, 2, 4, 4, 4, 4, 8, 8]


def test_functions_count_together(record: UnknownNameTable):
    note(record, "tier", times=2)
    note(UnknownNameTable(wiring.table()), "tier", times=3)
    assert stored(record) == {"tier": 4}


def test_a_function_that_has_seen_many_other_names_begins_to_count_anew(
    record: UnknownNameTable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.unknown_names._MAX_REMEMBERED", 2)
    note(record, "tier", times=3)
    for other in ("city", "mood"):
        note(record, other)
    note(record, "tier")
    assert stored(record)["tier"] == 3


def test_a_name_is_stored_in_every_hour_in_which_it_comes(record: UnknownNameTable):
    note(record, "tier", times=3)
    note(record, "tier", NOW + timedelta(hours=1))
    [found] = record.list("acme", NOW)
    assert found.requests == 4
    assert found.last_seen - found.first_seen == timedelta(hours=1)


def test_random_names_fill_a_limited_number_of_items(
    fixtures: Fixtures, record: UnknownNameTable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.unknown_names.POSITIONS", 3)
    for number in range(20):
        note(record, f"field_{number}")
    assert len(record.list("acme", NOW)) == 3


def test_a_name_that_comes_more_often_takes_the_place_of_another(
    fixtures: Fixtures, record: UnknownNameTable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.unknown_names.POSITIONS", 1)
    note(record, "random")
    note(record, "frequent")
    assert stored(record) == {"random": 1}
    note(record, "frequent")
    assert stored(record) == {"frequent": 2}
    note(record, "random")
    assert stored(record) == {"frequent": 2}


def test_a_name_that_came_last_a_day_ago_gives_way(
    fixtures: Fixtures, record: UnknownNameTable, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.table.unknown_names.POSITIONS", 1)
    note(record, "former", NOW - timedelta(hours=26), times=8)
    note(record, "present", times=2)
    assert stored(record) == {"present": 2}


def test_a_name_is_listed_for_thirty_days(record: UnknownNameTable):
    note(record, "tier", NOW - KEPT_FOR - timedelta(hours=1))
    note(record, "level", NOW - KEPT_FOR + timedelta(hours=2))
    assert stored(record) == {"level": 1}


def test_a_request_stores_one_of_its_names_and_the_next_another(record: UnknownNameTable):
    both = [UnknownName("contact", "a"), UnknownName("contact", "b")]
    record.note("acme", both, NOW)
    assert stored(record) == {"a": 1}
    record.note("acme", both, NOW)
    assert stored(record) == {"a": 1, "b": 2}
