"""Ids and slots of definitions are allocated only for a write that can fit, and once for each."""

from typing import Any

import pytest

from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType
from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.values import AUTO_CREATE, LENIENT_TEXT, SetRules
from shared.services import conflicts
from shared.services.variables.values import set_business_variables, set_contact_variables
from shared.table.dynamo import Table
from shared.table.operations import Write
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

CALLER = Caller("acme", "a-key", LONG_AGO)
CONFLICTS = 3


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    fresh_table.account()
    fresh_table.contact()
    fresh_table.key("key_of_native", permissions=("*",))
    return fresh_table


def store(fixtures: Fixtures, number: int, rules: SetRules = AUTO_CREATE) -> None:
    values = {f"name_{each}": "x" for each in range(number)}
    set_contact_variables(fixtures.variables, fixtures.definitions, CALLER, 123, values, rules)


def next_id(fixtures: Fixtures, context_type: ContextType = ContextType.CONTACT) -> int:
    return fixtures.definitions.allocate_ids("acme", context_type, 1).first_id


@pytest.mark.parametrize("number", [3138, 5000])
def test_names_that_do_not_fit_a_write_get_no_ids(number: int, fixtures: Fixtures):
    with pytest.raises(ContextTooLarge) as failure:
        store(fixtures, number)
    assert failure.value.limit == "99 pages of 32 values"
    assert next_id(fixtures) == 1


def test_the_error_names_the_limit(fixtures: Fixtures):
    fixtures.key("klen_of_ann", permissions=("*",))
    sent = {"variables": {f"name_{each}": "x" for each in range(3138)}}
    answer = Api("klen_of_ann").call(
        "POST", "/api/v1/contacts/123/context", {**sent, "auto_create_variables": True}
    )
    assert answer.status == 400
    assert "99 pages of 32 values" in str(answer.document)


@pytest.fixture
def conflicting(fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first transactions conflict with another one."""
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 7)
    write, remaining = Table.write, iter(range(CONFLICTS))

    def conflict(self: Table, writes: list[Write], **how: Any) -> None:
        if next(remaining, None) is not None:
            raise WriteConflict
        write(self, writes, **how)

    monkeypatch.setattr(Table, "write", conflict)


@pytest.mark.usefixtures("conflicting")
@pytest.mark.parametrize("rules", [AUTO_CREATE, LENIENT_TEXT])
def test_an_attempt_uses_the_ids_of_the_one_before(rules: SetRules, fixtures: Fixtures):
    store(fixtures, 5, rules)
    assert [each.definition_id for each in fixtures.definitions.list("acme")] == [1, 2, 3, 4, 5]
    assert next_id(fixtures) == 6


@pytest.mark.usefixtures("conflicting")
def test_an_attempt_for_the_business_uses_the_ids_of_the_one_before(fixtures: Fixtures):
    set_business_variables(
        fixtures.variables, fixtures.definitions, CALLER, {"name": "x"}, AUTO_CREATE
    )
    assert next_id(fixtures, ContextType.BUSINESS) == 2


@pytest.mark.usefixtures("conflicting")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/contacts", {"first_name": "Ada", "variables": {"name": "x"}}),
        ("PATCH", "/v1/contacts/contact_123/variables", {"name": "x"}),
    ],
)
def test_requests_of_the_native_api_use_ids_once(
    method: str, path: str, body: dict[str, Any], fixtures: Fixtures
):
    native = Api("key_of_native")
    assert native.call(method, path, body, query={"mode": "auto_create"}).status < 300
    assert next_id(fixtures) == 2
