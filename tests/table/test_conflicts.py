"""Writes with a conflict in every attempt fail, and change nothing."""

import time
from dataclasses import replace

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType
from shared.domain.errors import WriteConflict
from shared.table import keys
from shared.table.operations import put
from tests.failures import conflicting, failing, rejected
from tests.fixtures import LONG_AGO, Fixtures

BY = Attribution(LONG_AGO)
BY_A_TRANSACTION = rejected("TransactionConflictException")


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    engine_world.definition("plan")
    return engine_world


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def test_ids_are_not_allocated_while_a_transaction_writes_the_counters(fixtures: Fixtures):
    before = fixtures.items()
    with failing({"UpdateItem": BY_A_TRANSACTION}), pytest.raises(WriteConflict):
        fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 1)
    assert fixtures.items() == before


def test_ids_are_not_allocated_while_others_allocate_whenever_definitions_are_counted(
    fixtures: Fixtures,
):
    before = fixtures.items()
    response, error = rejected("ConditionalCheckFailedException")
    counters = fixtures.table.get(keys.counters("acme"))
    failed = response, {**error, "Item": counters}
    with failing({"UpdateItem": failed}) as asked, pytest.raises(WriteConflict):
        fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 1)
    # Each attempt writes with the upper bound, counts, and writes with the count.
    assert asked == ["UpdateItem", "Query", "UpdateItem"] * 4
    assert fixtures.items() == before


def test_a_definition_is_not_written_while_its_head_is_raised_again_and_again(
    fixtures: Fixtures, pauses: list[float]
):
    made = fixtures.definitions.list("acme")[0]
    changed = replace(made, display_name="New", version=2)
    before = fixtures.items()
    with failing({"TransactWriteItems": conflicting(-1)}) as asked, pytest.raises(WriteConflict):
        fixtures.definitions.replace("acme", made, changed)
    assert asked.count("TransactWriteItems") == 6
    assert len(pauses) == 3
    assert fixtures.items() == before


def test_a_call_is_not_pinned_while_a_transaction_writes_it(fixtures: Fixtures):
    with failing({"PutItem": BY_A_TRANSACTION}), pytest.raises(WriteConflict):
        fixtures.call("call_1", "plan")
    # Nothing was stored, so this is the first answer.
    assert fixtures.call("call_1", "plan").is_pinned


def test_a_pointer_to_another_definition_finds_none(fixtures: Fixtures):
    """No write leaves such an item, but a table that was restored by hand can have it."""
    (made,) = fixtures.definitions.list("acme")
    pointer = fixtures.table.get(keys.definition_id("acme", made.definition_id))
    assert pointer is not None
    fixtures.table.write([put({**pointer, "sk": {"S": "ID#99"}})])
    assert fixtures.definitions.find("acme", made.definition_id) == made
    assert fixtures.definitions.find("acme", 99) is None
