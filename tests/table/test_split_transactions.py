"""Transactions that DynamoDB rejects as too large, although they have few enough writes.

DynamoDB also counts the stored size of the pages, which only it knows.
"""

from datetime import UTC, datetime

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import VariableType
from shared.domain.errors import ContextTooLarge
from shared.domain.values import Assignment, Subject
from tests.failures import failing, too_large
from tests.fixtures import Fixtures, john_smith

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
BY = Attribution(NOW)
JOHN = Subject.contact(123)
VALUES = {page * 32: f"of page {page}" for page in range(5)}


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    save(engine_world, VALUES)
    return engine_world


def save(fixtures: Fixtures, values: dict[int, str], *, several_transactions: bool = False) -> None:
    assignments = [
        Assignment(slot, f"variable_{slot}", VariableType.TEXT, value)
        for slot, value in values.items()
    ]
    fixtures.variables.save(
        "acme", JOHN, assignments, [], BY, several_transactions=several_transactions
    )


def held(fixtures: Fixtures) -> dict[int, object]:
    return {each.slot: each.value for each in fixtures.variables.list("acme", JOHN)}


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_values_are_cleared_in_as_many_as_it_takes(most: int, fixtures: Fixtures):
    with failing({"TransactWriteItems": too_large(most)}):
        fixtures.variables.clear("acme", JOHN, BY, lambda _: True)
    assert held(fixtures) == {}


@pytest.mark.parametrize("most", [3, 4])
def test_a_contact_is_deleted_in_as_many_as_it_takes(most: int, fixtures: Fixtures):
    contact = fixtures.contacts.find("acme", 123)
    assert contact is not None
    with failing({"TransactWriteItems": too_large(most)}):
        fixtures.contacts.delete("acme", contact)
    assert {item["entity"]["S"] for item in fixtures.items()} <= {"counters"}


def test_what_cannot_be_split_is_refused(fixtures: Fixtures):
    contact = fixtures.contacts.find("acme", 123)
    assert contact is not None
    before = fixtures.items()
    with failing({"TransactWriteItems": too_large(1)}), pytest.raises(ContextTooLarge):
        fixtures.contacts.delete("acme", contact)
    assert fixtures.items() == before


def test_a_set_is_split_only_if_it_may_be(fixtures: Fixtures):
    changed = dict.fromkeys(VALUES, "changed")
    before = fixtures.items()
    with failing({"TransactWriteItems": too_large(3)}), pytest.raises(ContextTooLarge):
        save(fixtures, changed)
    assert fixtures.items() == before
    with failing({"TransactWriteItems": too_large(3)}):
        save(fixtures, changed, several_transactions=True)
    assert held(fixtures) == changed


def test_a_new_contact_has_no_more_pages_than_a_transaction(fixtures: Fixtures):
    before = fixtures.items()
    contact = john_smith(7)
    assignments = [
        Assignment(page * 32, f"variable_{page}", VariableType.TEXT, "x") for page in range(100)
    ]
    with pytest.raises(ContextTooLarge):
        fixtures.contacts.add("acme", contact, BY, assignments)
    assert fixtures.items() == before
