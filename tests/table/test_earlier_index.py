"""An index from before its nodes were compact is read, changed and converted."""

from dataclasses import replace

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import KEY, LONG_AGO, Fixtures
from tests.table.earlier_index import in_earlier_form, is_in_earlier_form

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
    fixtures.put_back(in_earlier_form(fixtures.items()))
    assert sum(map(is_in_earlier_form, fixtures.items())) == 3


def listed(stage: str) -> list[int]:
    document = Api(KEY).call("GET", "/api/v1/contacts", query={"stage": stage}).document
    assert document["count"] == len(document["contacts"])
    return [each["id"] for each in document["contacts"]]


def with_stage(stage: str) -> list[int]:
    return [FIRST + number * 300 for number, each in enumerate(STAGES) if each == stage]


@pytest.mark.usefixtures("earlier_index")
def test_it_is_read():
    assert {stage: listed(stage) for stage in STAGES} == {s: with_stage(s) for s in STAGES}


@pytest.mark.usefixtures("earlier_index")
def test_it_is_changed(fixtures: Fixtures):
    contact = fixtures.contacts.find("acme", FIRST)
    changed = replace(contact, stage="lead", version=contact.version + 1)
    fixtures.contacts.replace("acme", contact, changed, Attribution(LONG_AGO))
    IndexUpdates(wiring.table()).apply([IndexChange("acme", FIRST, LONG_AGO)])
    assert listed("lead") == [FIRST, *with_stage("lead")]
    assert listed("won") == with_stage("won")[1:]
    assert listed("open") == with_stage("open")
    assert sum(map(is_in_earlier_form, fixtures.items())) == 1


@pytest.mark.usefixtures("earlier_index")
def test_a_rebuild_converts_it(fixtures: Fixtures):
    [*IndexUpdates(wiring.table()).rebuild("acme")]
    assert not any(map(is_in_earlier_form, fixtures.items()))
    assert {stage: listed(stage) for stage in STAGES} == {s: with_stage(s) for s in STAGES}
