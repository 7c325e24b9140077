"""Large values in compressed, immutable parts: reading, writing, and deleting unused ones."""

import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any, NamedTuple

import pytest

from benchmarks.adapters import clear_adapters
from benchmarks.recorder import recording
from benchmarks.stage import text_of
from shared.domain.accounts import Attribution
from shared.domain.definitions import ContextType, Definition, VariableType
from shared.domain.errors import ContextTooLarge, Unavailable, WriteConflict
from shared.domain.values import Assignment, Subject
from shared.table import codec, keys
from shared.table.merges import MergeTable
from shared.table.operations import as_item
from shared.table.page_updates import PageUpdate
from shared.table.part_references import PART_BYTES, InconsistentRead, PageReference, Reference
from shared.table.value_records import encode_record
from shared.table.variables import VariableTable
from shared.wiring import endpoints as wiring
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
    """Put a page with a reference and its parts into the table, without the writer."""
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


def assert_unavailable_to_every_reader(fixtures: Fixtures, slot: int = 0) -> None:
    """Assert that every reader fails while a part of the value of a slot is missing."""
    variables = fixtures.variables
    readers: list[Callable[[], object]] = [
        lambda: variables.list("acme", JOHN),
        lambda: variables.snapshot("acme", JOHN),
        lambda: variables.snapshot("acme", JOHN, [slot]),
        lambda: variables.find_value("acme", JOHN, definition_of(slot)),
        lambda: variables.values_of_many("acme", [123], definition_of(slot)),
        lambda: fixtures.contacts.find_with_values("acme", 123),
        lambda: MergeTable(fixtures.table).read("acme", 123, 123),
    ]
    for read in readers:
        with pytest.raises(Unavailable):
            read()


def values_by_every_reader(fixtures: Fixtures, slot: int) -> list[Any]:
    """Return the value of a slot by each of the readers."""
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
        assert_unavailable_to_every_reader(fixtures)

    def test_a_part_is_no_longer_than_its_text_can_be(self):
        placed = PageReference(PARTITION, 0, Reference.to("x" * 9000, WRITE))
        other = PageReference(PARTITION, 0, Reference.to("x" * PART_BYTES, WRITE))
        (key,) = placed.part_keys()
        (bomb,) = other.part_items("x" * PART_BYTES)
        with pytest.raises(InconsistentRead):
            placed.join({key: bomb})


def save(fixtures: Fixtures, *assignments: Assignment, subject: Subject = JOHN) -> None:
    fixtures.variables.save("acme", subject, assignments, [], Attribution(NOW))


def held(fixtures: Fixtures, subject: Subject = JOHN) -> list[Any]:
    return [each.value for each in fixtures.variables.list("acme", subject)]


@pytest.fixture
def contact_of_32(fixtures: Fixtures) -> Fixtures:
    """Create a contact whose page has 32 short values."""
    save(fixtures, *(text(slot, "Gold, since May") for slot in range(32)))
    return fixtures


class Costs(NamedTuple):
    """The cost of requests, by DynamoDB's documented rules."""

    operations: list[str]
    read_units: float
    write_units: float


def cost(fixtures: Fixtures, act: Callable[[VariableTable], object]) -> Costs:
    clear_adapters()
    with recording(fixtures.client, fixtures.table_name) as recorder:
        act(VariableTable(wiring.table()))
    return Costs(
        [each.operation for each in recorder.requests],
        sum(each.read_units for each in recorder.requests),
        sum(each.write_units for each in recorder.requests),
    )


def writing(*assignments: Assignment) -> Callable[[VariableTable], object]:
    return lambda variables: variables.save("acme", JOHN, assignments, [], Attribution(NOW))


class TestCosts:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_100_kb_of_ordinary_text_write_at_most_40_units(
        self, seed: int, contact_of_32: Fixtures
    ):
        found = cost(contact_of_32, writing(text(0, text_of(100_000, seed))))
        assert found.operations == ["BatchGetItem", "PutItem", "PutItem", "UpdateItem"]
        assert found.write_units <= 40

    def test_text_that_hardly_shrinks_costs_its_size_once(self, contact_of_32: Fixtures):
        value = b64encode(Random(1).randbytes(75_000)).decode()
        assert cost(contact_of_32, writing(text(0, value))).write_units <= 80
        value = "".join(map(chr, Random(2).choices(range(0x10000, 0x10FFFF), k=25_000)))
        assert cost(contact_of_32, writing(text(0, value))).write_units <= 103

    def test_the_same_text_again_costs_the_page(self, contact_of_32: Fixtures):
        value = text_of(100_000)
        save(contact_of_32, text(0, value))
        found = cost(contact_of_32, writing(text(0, value)))
        assert found.operations == ["BatchGetItem", "UpdateItem"]
        assert found.write_units <= 3
        assert held(contact_of_32)[0] == value

    def test_a_small_value_beside_a_large_one_is_one_request(self, contact_of_32: Fixtures):
        save(contact_of_32, text(0, text_of(100_000)))
        found = cost(contact_of_32, writing(text(1, "other")))
        assert found.operations == ["UpdateItem"]
        assert found.write_units <= 3

    def test_reading_100_kb_costs_what_is_stored(self, contact_of_32: Fixtures):
        save(contact_of_32, text(0, text_of(100_000)))
        found = cost(contact_of_32, lambda variables: variables.list("acme", JOHN))
        assert found.operations[:2] == ["Query", "BatchGetItem"]
        alone = cost(
            contact_of_32, lambda variables: variables.find_value("acme", JOHN, definition_of(0))
        )
        assert alone.operations == ["GetItem", "BatchGetItem"]
        assert alone.read_units <= 10

    def test_compression_takes_no_noticeable_time(self):
        """Text that is made to compress slowly takes at most a few times as long as other text."""
        for value in ("x" * 1_000_000, "ab" * 500_000, text_of(50_000) * 20):
            placed = PageReference(PARTITION, 0, Reference.to(value, WRITE))
            started = time.process_time()
            placed.part_items(value)
            assert time.process_time() - started < 1


class TestWriting:
    def test_parts_have_no_expiry_and_a_lease_has(self, fixtures: Fixtures):
        save(fixtures, text(0, LARGE))
        found = {item["entity"]["S"]: item for item in fixtures.items()}
        assert "expires_at" not in found["part"]
        assert int(found["part_lease"]["expires_at"]["N"]) > time.time() + 80_000
        assert found["part_lease"]["parts"]["L"] == [found["part"]["sk"]]

    def test_a_write_that_cannot_fit_stores_no_part(self, fixtures: Fixtures):
        before = fixtures.items()
        with pytest.raises(ContextTooLarge):
            save(fixtures, *(text(32 * page, LARGE) for page in range(100)))
        assert fixtures.items() == before

    def test_a_value_returns_after_its_parts_were_dropped(self, fixtures: Fixtures):
        for value in (LARGE, "small", LARGE):
            save(fixtures, text(0, value))
            assert held(fixtures) == [value]

    def test_a_writer_that_has_read_an_older_page_stores_nothing(self, fixtures: Fixtures):
        save(fixtures, text(0, "small"))
        update = PageUpdate.of("acme", JOHN, 0, [text(0, LARGE)], page_of(fixtures))
        save(fixtures, text(1, "other"))
        update.parts.store(fixtures.variables._table)
        with pytest.raises(WriteConflict):
            fixtures.variables._table.write(update.writes(Attribution(NOW)))
        assert held(fixtures) == ["small", "other"]


def page_of(fixtures: Fixtures) -> dict[str, Any]:
    key = as_item(keys.values_page("acme", JOHN, 0))
    item: dict[str, Any] = fixtures.client.get_item(TableName=fixtures.table_name, Key=key)["Item"]
    return item
