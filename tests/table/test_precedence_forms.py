"""The condition of a write and the comparison with a page decide alike which values may go.

If they differed, a write would fail while nothing stronger stands, at every attempt.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

import pytest

from shared.domain.accounts import Attribution, Caller
from shared.domain.definitions import VariableType
from shared.domain.errors import WriteConflict
from shared.domain.sources import DEFAULT_PRECEDENCE, LAST_WRITE_WINS, Precedence, Source
from shared.domain.values import STRICT, Assignment, Subject
from shared.services.variables.values import set_contact_variables
from shared.table import codec, keys, value_items
from shared.table.page_writes import single_page_update
from shared.table.precedence import outranked
from tests.fixtures import LONG_AGO, Fixtures

JOHN = Subject.contact(123)
SLOT = 3
STALE_AFTER = timedelta(hours=1)
NOW = LONG_AGO + timedelta(microseconds=678_400)
AGES = [
    timedelta(0),
    *(STALE_AFTER + timedelta(microseconds=each) for each in (-1000, -600, -1, 0, 1, 400, 401)),
    STALE_AFTER + timedelta(milliseconds=1),
    STALE_AFTER + timedelta(milliseconds=2),
]
SCATTERED = ((Source.HUMAN,), (Source.IMPORT,), (Source.API,), (Source.AI,))
PRECEDENCES = (LAST_WRITE_WINS, DEFAULT_PRECEDENCE, SCATTERED)


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    return engine_world


def assignment(precedence: Precedence, stale_after: int | None) -> Assignment:
    return Assignment(
        *(SLOT, "plan", VariableType.TEXT, "Gold"),
        precedence=precedence,
        stale_after_seconds=stale_after,
    )


def stored_pages() -> Iterator[dict[str, object]]:
    """Yield a page without the value, and pages with it of every source and age."""
    page = {**codec.entity_attributes("values"), **page_key()}
    slot = value_items.value_attribute(SLOT)
    yield page
    for source, age in product(Source, AGES):
        by = Attribution(NOW - age, value_source=source)
        yield {**page, slot: value_items.encode_record(assignment((), None), "Old", by)}
    for age in AGES:
        legacy = ("plan", "Old", "text", codec.to_milliseconds(NOW - age))
        yield {**page, slot: codec.encode(legacy)}


def page_key() -> dict[str, object]:
    key = keys.values_page("acme", JOHN, 0)
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


@pytest.mark.parametrize("stale_after", [None, int(STALE_AFTER.total_seconds())])
@pytest.mark.parametrize("precedence", PRECEDENCES)
@pytest.mark.parametrize("source", Source)
def test_a_write_succeeds_exactly_if_nothing_stronger_stands(
    source: Source, precedence: Precedence, stale_after: int | None, fixtures: Fixtures
):
    by = Attribution(NOW, value_source=source)
    wanted = assignment(precedence, stale_after)
    write = single_page_update("acme", JOHN, [wanted], by)
    assert write is not None
    for page in stored_pages():
        fixtures.client.put_item(TableName=fixtures.table_name, Item=page)
        try:
            fixtures.table.write([write])
            is_written = True
        except WriteConflict:
            is_written = False
        assert is_written is not bool(outranked(page, [wanted], by)), page


@pytest.mark.parametrize("microseconds", [-1, 0, 1, 400, 999, 1000])
def test_a_write_in_the_millisecond_in_which_a_value_becomes_stale_has_an_outcome(
    microseconds: int, fixtures: Fixtures
):
    fixtures.definition("plan", precedence=DEFAULT_PRECEDENCE, stale_after_seconds=3600)
    at = LONG_AGO.replace(microsecond=5000)
    later = at + STALE_AFTER + timedelta(microseconds=microseconds)
    assert set_plan(fixtures, at, Source.HUMAN, "Gold") == []
    expected = "Silver" if microseconds >= 1000 else "Gold"
    suggested = set_plan(fixtures, later, Source.AI, "Silver")
    (stored,) = fixtures.variables.list("acme", JOHN)
    assert (stored.value, suggested) == (expected, [] if expected == "Silver" else ["Silver"])


def set_plan(fixtures: Fixtures, at: datetime, source: Source, value: str) -> list[object]:
    caller = Caller("acme", "a-key", at, value_source=source)
    outcome = set_contact_variables(
        *(fixtures.variables, fixtures.definitions, caller, 123, {"plan": value}, STRICT)
    )
    return [each.value for each in outcome.suggestions]
