"""Build the events of the changes of a contact."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.accounts import Attribution
from shared.domain.changes import (
    ContactChange,
    ContactChangeKind,
    Event,
    EventType,
    PageWrite,
    VariableChange,
)
from shared.domain.definitions import Definition
from shared.services.activity.changes import record_changes
from tests.fixtures import LONG_AGO, Fixtures

BY = Attribution(LONG_AGO)
KEPT_FOR = timedelta(days=36_500)


class Bus:
    """The port `Bus`. Keeps the published events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        """Keep the events."""
        self.events += events


@pytest.fixture
def bus() -> Bus:
    return Bus()


def write(definition: Definition, number: int) -> PageWrite:
    change = VariableChange(
        definition.slot, definition.name, definition.variable_type, None, f"value {number}"
    )
    return PageWrite("acme", 123, definition.slot // 32, number, BY, (change,))


def test_changes_of_archived_variables_are_recorded_and_not_published(fixtures: Fixtures, bus: Bus):
    fixtures.contact()
    archived, plan = fixtures.definition("archived", archived=True), fixtures.definition("plan")
    record_changes(fixtures.activity, bus, [write(archived, 1)], KEPT_FOR, LONG_AGO)
    assert bus.events == []
    record_changes(fixtures.activity, bus, [write(archived, 2), write(plan, 3)], KEPT_FOR, LONG_AGO)
    entries = [*fixtures.activity.list("acme", 123, 10**19, LONG_AGO)]
    assert [each.change.variable for each in entries] == ["plan", "archived", "archived"]
    (event,) = bus.events
    assert [each.change.variable for each in event.entries] == ["plan"]


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ((), [EventType.CONTACT_MERGED]),
        (("other_identifiers",), [EventType.CONTACT_UPDATED, EventType.CONTACT_MERGED]),
    ],
)
def test_a_merge_that_changes_no_field_is_no_update(
    fields: tuple[str, ...], published: list[EventType], fixtures: Fixtures, bus: Bus
):
    change = ContactChange(
        *("acme", 123, ContactChangeKind.UPDATED, 2, BY), fields=fields, merged_ids=(456,)
    )
    record_changes(fixtures.activity, bus, [change], KEPT_FOR, LONG_AGO)
    assert [each.event_type for each in bus.events] == published
    assert bus.events[-1].merged_ids == (456,)
