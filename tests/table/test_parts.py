"""Large values in compressed, immutable parts: reading, writing, and deleting what is not used."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.errors import Unavailable
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys
from shared.table.operations import as_item
from shared.table.part_references import PART_BYTES, InconsistentRead, PageReference, Reference
from shared.table.value_records import encode_record
from tests.fixtures import Fixtures

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
JOHN = Subject.contact(123)
PARTITION = keys.subject("acme", JOHN).pk
LARGE = "ä" * 5000
MEGABYTE = "€" * 333_333
WRITE = "0123456789abcdef"


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    return engine_world


def text(slot: int, value: str | None) -> Assignment:
    return Assignment(slot, f"variable_{slot}", VariableType.TEXT, value)


def place(fixtures: Fixtures, slot: int, value: str) -> PageReference:
    """Put a page with a reference and its parts into the table, without the code that writes."""
    reference = Reference.to(value, WRITE)
    placed = PageReference(PARTITION, slot, reference)
    record = encode_record(text(slot, value), reference.to_value(), Attribution(NOW))
    page = {
        **as_item(keys.values_page("acme", JOHN, keys.page_of(slot))),
        **codec.entity_attributes("values"),
        f"s{slot}": record,
    }
    fixtures.put_back([page, *placed.part_items(value)])
    return placed


def definition_of(slot: int) -> Definition:
    return Definition(
        name=f"variable_{slot}",
        display_name="A variable",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        definition_id=7,
        slot=slot,
        external_id="external7",
    )


def remove(fixtures: Fixtures, key: keys.Key) -> None:
    fixtures.client.delete_item(TableName=fixtures.table_name, Key=as_item(key))


def values_by_every_reader(fixtures: Fixtures, slot: int) -> list[Any]:
    """The value of a slot as each of the readers returns it."""
    definition = definition_of(slot)
    listed = fixtures.variables.list("acme", JOHN)
    snapshot = fixtures.variables.snapshot("acme", JOHN)
    some = fixtures.variables.snapshot("acme", JOHN, [slot])
    return [
        *(each.value for each in listed),
        *(each.value for each in snapshot.values),
        *(each.value for each in some.values),
        *(each.value for each in fixtures.contacts.find_with_values("acme", 123).values),
        fixtures.variables.find_value("acme", JOHN, definition).value,
        fixtures.variables.values_of_many("acme", [123, 7], definition)[123].value,
    ]


class TestReading:
    @pytest.mark.parametrize("value", [LARGE, MEGABYTE, "x" * PART_BYTES, "x" * (PART_BYTES + 1)])
    @pytest.mark.parametrize("slot", [0, 40])
    def test_every_reader_joins_the_parts(self, value: str, slot: int, fixtures: Fixtures):
        place(fixtures, slot, value)
        assert values_by_every_reader(fixtures, slot) == [value] * 6

    def test_other_values_are_read_without_their_parts(self, fixtures: Fixtures):
        for key in place(fixtures, 0, LARGE).part_keys():
            remove(fixtures, key)
        assert fixtures.variables.find_value("acme", JOHN, definition_of(1)) is None
        assert fixtures.variables.snapshot("acme", JOHN, [1]).values == []

    @pytest.mark.parametrize("missing", [0, 3])
    def test_a_missing_part_is_noticed(self, missing: int, fixtures: Fixtures):
        remove(fixtures, place(fixtures, 0, MEGABYTE).part_keys()[missing])
        with pytest.raises(Unavailable):
            fixtures.variables.list("acme", JOHN)
        with pytest.raises(Unavailable):
            fixtures.variables.find_value("acme", JOHN, definition_of(0))
        with pytest.raises(Unavailable):
            fixtures.variables.values_of_many("acme", [123], definition_of(0))

    def test_a_part_is_no_longer_than_its_text_can_be(self):
        placed = PageReference(PARTITION, 0, Reference.to("x" * 9000, WRITE))
        other = PageReference(PARTITION, 0, Reference.to("x" * PART_BYTES, WRITE))
        (key,) = placed.part_keys()
        (bomb,) = other.part_items("x" * PART_BYTES)
        with pytest.raises(InconsistentRead):
            placed.join({key: bomb})
