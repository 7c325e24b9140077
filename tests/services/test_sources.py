"""The source of a stored value is the weaker of the key's and the channel's."""

from dataclasses import replace

import pytest

from shared.domain.accounts import Caller
from shared.domain.sources import Source, key_fingerprint
from shared.domain.values import AUTO_CREATE, Evidence, SourcedValue, StoredValue, Subject
from shared.services.variables.values import set_contact_variables
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

CALLER = Caller("acme", "a-key", LONG_AGO)
JOHN = Subject.contact(123)


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    fresh_table.account()
    fresh_table.contact()
    return fresh_table


def stored(fixtures: Fixtures) -> dict[str, StoredValue]:
    return {each.name: each for each in fixtures.variables.list("acme", JOHN)}


def store(fixtures: Fixtures, caller: Caller = CALLER, **values: object) -> None:
    set_contact_variables(
        fixtures.variables, fixtures.definitions, caller, 123, values, AUTO_CREATE
    )


@pytest.mark.parametrize("source", Source)
def test_a_value_has_the_source_of_its_writer(source: Source, fixtures: Fixtures):
    store(fixtures, replace(CALLER, value_source=source), plan="Gold")
    value = stored(fixtures)["plan"]
    assert (value.source, value.set_by) == (source, key_fingerprint("a-key"))


@pytest.mark.parametrize("is_defined", [True, False])
def test_a_request_can_say_that_one_of_its_values_is_weaker(is_defined: bool, fixtures: Fixtures):
    if is_defined:
        fixtures.definition("mood")
    mood = SourcedValue("glad", Source.AI, 0.85, Evidence(quote="I am glad"))
    store(fixtures, replace(CALLER, value_source=Source.HUMAN), plan="Gold", mood=mood)
    values = stored(fixtures)
    assert values["plan"].source is Source.HUMAN
    assert (values["mood"].source, values["mood"].confidence) == (Source.AI, 0.85)
    assert values["mood"].has_evidence


def test_a_request_cannot_say_that_one_of_its_values_is_stronger(fixtures: Fixtures):
    store(fixtures, plan=SourcedValue("Gold", Source.HUMAN))
    assert stored(fixtures)["plan"].source is Source.API


def test_a_key_of_a_person_sets_values_of_a_person(fixtures: Fixtures):
    fixtures.key("klen_of_ann", permissions=("*",), source=Source.HUMAN)
    sent = {"variables": {"plan": "Gold"}, "auto_create_variables": True}
    assert Api("klen_of_ann").call("POST", "/api/v1/contacts/123/context", sent).status == 200
    assert stored(fixtures)["plan"].source is Source.HUMAN


def test_what_is_read_out_of_a_text_is_a_guess(fixtures: Fixtures):
    fixtures.key("vambe_of_ann", permissions=("*",), source=Source.HUMAN)
    fixtures.definition("budget", "number")
    uuid = fixtures.contacts.find("acme", 123).uuid
    sent = {"notes": "Budget: 5000", "city": "Quito"}
    path = f"/api/public/contact/{uuid}/update-metadata"
    assert Api("vambe_of_ann").call("POST", path, sent).status == 201
    values = stored(fixtures)
    assert values["budget"].source is Source.AI
    assert values["budget"].confidence is not None
    assert {values[name].source for name in ("notes", "city")} == {Source.HUMAN}
