"""Every write of a definition raises the head of its account, in the same transaction."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.accounts import Account, Attribution, Audience
from shared.domain.agents import Origin
from shared.domain.contacts import Contact
from shared.domain.definitions import (
    ContextType,
    Definition,
    DefinitionDraft,
    Tombstone,
    VariableType,
)
from shared.domain.errors import WriteConflict
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.definitions import allocate_definitions
from shared.table.account_head import MAX_CHANGES, AccountHead, ChangedSlot
from shared.table.agent_memory import AgentMemory
from shared.table.agents import AgentTable
from shared.table.definition_memory import DefinitionMemory
from shared.table.dynamo import Table
from shared.table.head_writes import read_head
from tests.fixtures import LONG_AGO, Fixtures, john_smith

BY = Attribution(LONG_AGO)
JOHN = Subject.contact(123)


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.account()
    return engine_world


def head(fixtures: Fixtures) -> AccountHead:
    return read_head(Table(fixtures.client, fixtures.table_name), "acme")


def slots(fixtures: Fixtures) -> list[int]:
    return [each.slot for each in head(fixtures).changed]


def numbered(fixtures: Fixtures, name: str, **facts: Any) -> Definition:
    facts = {"context_type": ContextType.CONTACT, **facts}
    draft = DefinitionDraft(
        name=name, display_name="A name", variable_type=VariableType.TEXT, **facts
    )
    known = fixtures.definitions.find_by_names("acme", draft.context_type, [name])
    tombstones = {each.name: each for each in known.values() if isinstance(each, Tombstone)}
    (made,) = allocate_definitions(fixtures.definitions, "acme", [draft], tombstones)
    return made


def set_to(definition: Definition) -> Assignment:
    return Assignment(definition.slot, definition.name, definition.variable_type, "x")


def renamed(before: Definition, name: str) -> Definition:
    return replace(before, name=name, version=before.version + 1)


def test_a_new_account_has_no_definitions(fixtures: Fixtures):
    assert head(fixtures) == AccountHead(definition_count=0)


def test_a_created_definition_is_counted_and_listed(fixtures: Fixtures):
    fixtures.definition("one")
    fixtures.definition("hours", context_type="business")
    found = head(fixtures)
    assert (found.definitions_version, found.definition_count) == (2, 2)
    assert found.changed == (
        ChangedSlot(ContextType.CONTACT, 0),
        ChangedSlot(ContextType.BUSINESS, 0),
    )


def test_a_changed_definition_is_listed(fixtures: Fixtures):
    made = fixtures.definition("one")
    fixtures.definitions.replace("acme", made, replace(made, display_name="1", version=2))
    assert (head(fixtures).definitions_version, head(fixtures).definition_count) == (2, 1)
    assert slots(fixtures) == [0, 0]


def test_a_rename_lists_the_slot_that_it_hides(fixtures: Fixtures):
    gone, made = fixtures.definition("gone"), fixtures.definition("one")
    fixtures.definitions.delete("acme", gone)
    fixtures.definitions.rename("acme", made, renamed(made, "gone"), Tombstone("gone", gone.slot))
    assert slots(fixtures) == [0, 1, 0, 1, 0]
    assert head(fixtures).definition_count == 1


def test_a_deleted_definition_is_no_longer_counted(fixtures: Fixtures):
    made = fixtures.definition("one")
    fixtures.definitions.delete("acme", made)
    assert (head(fixtures).definitions_version, head(fixtures).definition_count) == (2, 0)


def test_a_definition_of_another_owner_lists_both_slots(fixtures: Fixtures):
    fixtures.definitions.delete("acme", fixtures.definition("one"))
    fixtures.definitions.add("acme", [numbered(fixtures, "one", owner="ann")])
    assert slots(fixtures) == [0, 0, 1, 0]


def test_definitions_that_come_with_values_are_listed(fixtures: Fixtures):
    fixtures.contact()
    made = numbered(fixtures, "one")
    fixtures.variables.save("acme", JOHN, [set_to(made)], [made], BY)
    other = numbered(fixtures, "two")
    contact: Contact = john_smith(124)
    fixtures.contacts.add("acme", contact, BY, [set_to(other)], [other])
    third = numbered(fixtures, "three")
    after = replace(contact, first_name="Jo", version=contact.version + 1)
    fixtures.contacts.replace("acme", contact, after, BY, [set_to(third)], [third])
    assert (head(fixtures).definition_count, slots(fixtures)) == (3, [0, 1, 2])


def test_definitions_that_fill_several_transactions_are_all_counted(fixtures: Fixtures):
    fixtures.contact()
    made = [numbered(fixtures, f"variable_{number}") for number in range(70)]
    fixtures.variables.save("acme", JOHN, [set_to(each) for each in made], made, BY)
    found = head(fixtures)
    assert (found.definitions_version, found.definition_count) == (70, 70)
    assert slots(fixtures) == list(range(70))[-MAX_CHANGES:]


def test_a_write_that_fails_leaves_the_head(fixtures: Fixtures):
    made = fixtures.definition("one")
    before = head(fixtures)
    with pytest.raises(WriteConflict):
        fixtures.definitions.replace("acme", replace(made, version=7), replace(made, version=8))
    assert head(fixtures) == before


def test_a_head_that_is_raised_in_between_does_not_fail_the_write(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    made, other = fixtures.definition("one"), fixtures.definition("two")
    write = Table.write

    def write_later(table: Table, writes: Any) -> None:
        monkeypatch.setattr(Table, "write", write)
        fixtures.definitions.delete("acme", other)
        write(table, writes)

    monkeypatch.setattr(Table, "write", write_later)
    fixtures.definitions.delete("acme", made)
    assert (slots(fixtures), head(fixtures).definition_count) == ([0, 1, 1, 0], 0)


def test_concurrent_writes_are_all_counted(fixtures: Fixtures):
    def define(number: int) -> None:
        # As use cases do: on a busy machine all attempts of a writer can meet another one.
        retry_on_conflict(lambda: fixtures.definition(f"variable_{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(define, range(8)))
    assert (head(fixtures).definitions_version, head(fixtures).definition_count) == (8, 8)
    assert len(set(slots(fixtures))) == 8


def test_changes_since_a_version_are_known_as_far_as_the_list_goes(fixtures: Fixtures):
    for number in range(MAX_CHANGES + 2):
        fixtures.definition(f"variable_{number}")
    found = head(fixtures)
    assert found.changed_since(found.definitions_version) == frozenset()
    assert found.changed_since(found.definitions_version - 1) == {
        ChangedSlot(ContextType.CONTACT, 33)
    }
    assert len(found.changed_since(2) or ()) == MAX_CHANGES
    assert found.changed_since(1) is None
    assert found.changed_since(found.definitions_version + 1) is None


def test_business_values_have_a_version_of_their_own(fixtures: Fixtures):
    made = fixtures.definition("hours", context_type="business")
    for _ in range(2):
        fixtures.variables.save("acme", BUSINESS, [set_to(made)], [], BY)
    other = numbered(fixtures, "days", context_type=ContextType.BUSINESS)
    fixtures.variables.save("acme", BUSINESS, [set_to(other)], [other], BY)
    assert (head(fixtures).business_version, head(fixtures).definitions_version) == (3, 2)


def test_an_account_of_before_is_counted_by_a_flush(fixtures: Fixtures):
    fixtures.definition("one", account="globex")
    table = Table(fixtures.client, fixtures.table_name)
    before = read_head(table, "globex")
    assert (before.definition_count, before.definitions_version) == (None, 1)
    assert fixtures.definitions.flush("globex") == 1
    after = read_head(table, "globex")
    assert (after.definition_count, after.generation) == (1, before.generation)
    assert after.changed_since(before.definitions_version) is None


def test_an_agent_from_before_the_first_definition_gets_it(engine_world: Fixtures):
    """The head that it was compiled with has no generation."""
    engine_world.agent("agent_1", "plan")
    agents = AgentTable(engine_world.table, DefinitionMemory(0), AgentMemory())
    assert agents.find_compiled("acme", "agent_1").definitions == {}
    made = engine_world.definition("plan")
    for _ in range(2):
        compiled = agents.find_compiled("acme", "agent_1")
        assert compiled.definitions == {Origin(ContextType.CONTACT, "plan"): made}
        assert compiled.generation == head(engine_world).generation != ""


def test_an_account_can_be_stored_after_its_definitions(fixtures: Fixtures):
    fixtures.definition("one", account="globex")
    fixtures.accounts.add(Account("globex"))
    assert read_head(Table(fixtures.client, fixtures.table_name), "globex").definitions_version == 1


def test_audiences_in_the_index_raise_the_head(fixtures: Fixtures):
    made = fixtures.definition("one", owner="ann")
    index = fixtures.definitions.slot_index("acme", ContextType.CONTACT)
    assert index.audiences == {made.slot: Audience("ann")}
    assert slots(fixtures) == [made.slot]
