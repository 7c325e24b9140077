"""An index of the earlier form is read, changed and converted."""

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange
from shared.domain.errors import ContextError
from shared.table.index_updates import IndexUpdates
from shared.table.operations import as_item, key_of
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.aws_calls import around_calls
from tests.fixtures import KEY, LONG_AGO, Fixtures
from tests.table.earlier_index import in_earlier_form, is_in_earlier_form
from tests.triggers.test_index_contacts import Killed, assert_equal_to_contacts, killed_after

FIRST = CONTACTS_PER_CHUNK
STAGES = ("won", "lead", "lead", "lead", "won", "open", "open", "open", "open")
"""Two, three and four contacts are in one; nodes of the earlier form name up to three."""


@pytest.fixture
def earlier_index(fixtures: Fixtures) -> None:
    """The index of contacts in two chunks, in the earlier form."""
    fixtures.key(KEY)
    for number, stage in enumerate(STAGES):
        fixtures.contact(FIRST + number * 300, stage=stage)
    [*IndexUpdates(wiring.table()).rebuild("acme")]
    stored = fixtures.items()
    for item in stored:
        fixtures.client.delete_item(TableName=fixtures.table_name, Key=as_item(key_of(item)))
    fixtures.put_back(in_earlier_form(stored))
    # Two leaves, a node, and an entry for each contact.
    assert sum(map(is_in_earlier_form, fixtures.items())) == 3 + len(STAGES)


def listed(stage: str) -> list[int]:
    document = Api(KEY).call("GET", "/api/v1/contacts", query={"stage": stage}).document
    assert document["count"] == len(document["contacts"])
    return [each["id"] for each in document["contacts"]]


def with_stage(stage: str) -> list[int]:
    return [FIRST + number * 300 for number, each in enumerate(STAGES) if each == stage]


def give_to_ann(fixtures: Fixtures) -> None:
    contact = fixtures.contacts.find("acme", FIRST)
    changed = replace(contact, owner="ann", full_name="Ann", version=contact.version + 1)
    fixtures.contacts.replace("acme", contact, changed, Attribution(LONG_AGO))


@pytest.mark.usefixtures("earlier_index")
def test_it_is_read():
    assert {stage: listed(stage) for stage in STAGES} == {s: with_stage(s) for s in STAGES}


@pytest.mark.usefixtures("earlier_index")
def test_a_changed_contact_leaves_its_lists_and_words(fixtures: Fixtures):
    give_to_ann(fixtures)
    IndexUpdates(wiring.table()).apply([IndexChange("acme", FIRST, LONG_AGO)])
    assert listed("won") == with_stage("won")[1:]
    assert listed("lead") == with_stage("lead")
    assert listed("open") == with_stage("open")
    # Not the leaf of the other chunk, and the entries of the other contacts.
    assert sum(map(is_in_earlier_form, fixtures.items())) == 1 + len(STAGES) - 1


@pytest.mark.usefixtures("earlier_index")
def test_a_rebuild_converts_it(fixtures: Fixtures):
    give_to_ann(fixtures)
    [*IndexUpdates(wiring.table()).rebuild("acme")]
    assert not any(map(is_in_earlier_form, fixtures.items()))
    assert_equal_to_contacts(fixtures)


@pytest.mark.parametrize("calls", range(5, 21, 3))
@pytest.mark.usefixtures("earlier_index")
def test_a_process_that_dies_while_it_converts_leaves_nothing_wrong(
    calls: int, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    give_to_ann(fixtures)
    updates = IndexUpdates(wiring.table())
    with monkeypatch.context() as patch, suppress(Killed, ContextError):
        around_calls(patch, killed_after(calls))
        updates.apply([IndexChange("acme", FIRST, LONG_AGO)])
    [*updates.rebuild("acme")]
    assert not any(map(is_in_earlier_form, fixtures.items()))
    assert_equal_to_contacts(fixtures)
