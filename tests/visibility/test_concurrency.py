"""Definitions that get owners during reads and removals of values: nothing hidden is shown."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from shared.domain.accounts import Audience, Caller
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.values import Subject
from shared.services.conflicts import retry_on_conflict
from shared.services.contacts.contacts import get_contact
from shared.services.variables.definitions import create_definition
from shared.services.variables.values import clear_variables
from shared.table.dynamo import Table
from tests.fixtures import LONG_AGO, Fixtures

SECRET = "canary-of-ann"
ANN = Caller("acme", "ann", LONG_AGO, user="ann")
BOB = Caller("acme", "bob", LONG_AGO, user="bob")
JOHN = Subject.contact(123)
ROUNDS = 12


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    return engine_world


def draft(name: str, **owned: Any) -> DefinitionDraft:
    return DefinitionDraft(
        name=name,
        display_name="Secret",
        variable_type=VariableType.TEXT,
        context_type=ContextType.CONTACT,
        **owned,
    )


def made_private(fixtures: Fixtures, made: Definition) -> Definition:
    owned = replace(made, owner="ann", version=made.version + 1)
    fixtures.definitions.replace("acme", made, owned)
    return owned


def seen_by_bob(fixtures: Fixtures) -> list[Any]:
    return [each.value for each in get_contact(fixtures.contacts, BOB, 123).values]


def kept(fixtures: Fixtures) -> list[Any]:
    return [each.value for each in fixtures.variables.list("acme", JOHN)]


def between_values_and_index(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Call `act` once, after a reader has read values and before it reads the slot index."""
    get = Table.get

    def get_later(table: Table, key: Any) -> Any:
        if key.sk.startswith("RENAMED#"):
            monkeypatch.setattr(Table, "get", get)
            act()
        return get(table, key)

    monkeypatch.setattr(Table, "get", get_later)


def test_a_value_that_becomes_private_while_it_is_read_is_not_shown(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    made = fixtures.definition("level")
    fixtures.value(made, SECRET)
    between_values_and_index(monkeypatch, lambda: made_private(fixtures, made))
    assert seen_by_bob(fixtures) == []


def test_a_value_that_becomes_private_while_all_are_removed_stays(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    made = fixtures.definition("level")
    fixtures.value(made, "public")

    def act() -> None:
        fixtures.value(made_private(fixtures, made), SECRET)

    between_values_and_index(monkeypatch, act)
    clear_variables(fixtures.variables, BOB, JOHN)
    assert kept(fixtures) == [SECRET]


def test_what_is_set_when_the_index_was_read_already_is_not_removed(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    made = fixtures.definition("level")
    fixtures.value(made, "public")
    write = Table.write

    def write_later(table: Table, writes: Any) -> None:
        monkeypatch.setattr(Table, "write", write)
        fixtures.value(made_private(fixtures, made), SECRET)
        write(table, writes)

    monkeypatch.setattr(Table, "write", write_later)
    clear_variables(fixtures.variables, BOB, JOHN)
    assert kept(fixtures) == [SECRET]


def test_readers_and_removers_meet_variables_that_are_made_private(fixtures: Fixtures):
    is_done = Event()

    def write() -> None:
        for number in range(ROUNDS):
            owned = create_definition(
                fixtures.definitions, ANN, draft(f"own_{number}", owner="ann")
            )
            retry_on_conflict(lambda owned=owned: fixtures.value(owned, SECRET))
            opened = create_definition(fixtures.definitions, ANN, draft(f"level_{number}"))
            retry_on_conflict(lambda opened=opened: fixtures.value(opened, "public"))
            private = made_private(fixtures, opened)
            retry_on_conflict(lambda private=private: fixtures.value(private, SECRET))
        is_done.set()

    def read() -> set[Any]:
        seen: set[Any] = set()
        while not is_done.is_set():
            seen.update(seen_by_bob(fixtures))
        return seen

    def remove() -> None:
        while not is_done.is_set():
            clear_variables(fixtures.variables, BOB, JOHN)

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        others = [pool.submit(remove), pool.submit(write)]
        for each in others:
            each.result()
        seen = set().union(*(reader.result() for reader in readers))
    assert SECRET not in seen
    assert kept(fixtures) == [SECRET] * 2 * ROUNDS


def test_definitions_with_owners_that_are_made_at_once_are_all_in_the_index(fixtures: Fixtures):
    start = Barrier(6)

    def create(number: int) -> Definition:
        start.wait()
        return create_definition(fixtures.definitions, ANN, draft(f"own_{number}", team=number))

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(create, range(6)))
    index = fixtures.definitions.slot_index("acme", ContextType.CONTACT)
    assert index.audiences == {each.slot: Audience(team=each.team) for each in made}
