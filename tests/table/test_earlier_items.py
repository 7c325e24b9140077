"""Data that was written before values had sources is read and changed like any other."""

from datetime import UTC, datetime

import pytest

from shared.domain.accounts import WHOLE_ACCOUNT, Attribution, Audience
from shared.domain.definitions import VariableType
from shared.domain.sources import Source
from shared.domain.values import BUSINESS, Assignment, StoredValue, Subject
from tests.fixtures import LONG_AGO, Fixtures
from tests.table.earlier_items import earlier_items

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
JOHN = Subject.contact(123)
STORY = "ä" * 5000
TYPED = {
    "full_address": "Calle Ñ 7",
    "score": 12.5,
    "is_customer": True,
    "renewal_date": "2024-02-29",
    "membership_level": "Gold",
    "story": STORY,
    "new_name": "kept under a new name",
    "forgotten": "still here",
    "private_note": "for Ann only",
}
NUMBERED = {f"variable_{slot}": slot for slot in (31, 32, 40)}


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.put_back(earlier_items())
    return engine_world


def stored(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, StoredValue]:
    return {each.name: each for each in fixtures.variables.list("acme", subject)}


def held(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, object]:
    return {name: each.value for name, each in stored(fixtures, subject).items()}


def assign(fixtures: Fixtures, name: str, value: object) -> Assignment:
    slot = stored(fixtures)[name].slot
    return Assignment(slot, name, VariableType.TEXT, value)


def test_every_value_is_read(fixtures: Fixtures):
    assert held(fixtures) == TYPED | NUMBERED
    assert held(fixtures, BUSINESS) == {"support_hours": "9 to 5"}
    assert held(fixtures, Subject.conversation("conv_1")) == {"topic": "billing"}
    found = fixtures.contacts.find_with_values("acme", 123)
    assert {each.name: each.value for each in found.values} == TYPED | NUMBERED


def test_what_was_not_stored_has_its_default(fixtures: Fixtures):
    for value in stored(fixtures).values():
        assert (value.source, value.set_by, value.confidence) == (Source.API, "", None)
        assert not value.has_evidence
        assert value.updated_at == LONG_AGO
        assert value.version


def test_names_types_and_audiences_are_those_of_today(fixtures: Fixtures):
    values = stored(fixtures)
    types = [VariableType.NUMBER, VariableType.BOOLEAN, VariableType.DATE, VariableType.SELECT]
    names = ["score", "is_customer", "renewal_date", "membership_level"]
    assert [values[name].variable_type for name in names] == types
    assert values["private_note"].audience == Audience("ann")
    assert values["new_name"].audience == WHOLE_ACCOUNT


@pytest.mark.parametrize("value", ["small", "x" * 9000, None])
@pytest.mark.parametrize("name", ["full_address", "story", "variable_40"])
def test_a_value_is_changed_and_the_others_stay(name: str, value: str | None, fixtures: Fixtures):
    fixtures.variables.save("acme", JOHN, [assign(fixtures, name, value)], [], Attribution(NOW))
    expected = TYPED | NUMBERED | {name: value}
    assert held(fixtures) == {name: value for name, value in expected.items() if value is not None}
    if value is not None:
        assert stored(fixtures)[name].updated_at == NOW


def test_values_are_found_one_by_one(fixtures: Fixtures):
    (score,) = [each for each in fixtures.definitions.list("acme") if each.name == "score"]
    found = fixtures.variables.find_value("acme", JOHN, score)
    assert found == stored(fixtures)["score"]
    assert fixtures.variables.values_of_many("acme", [123, 7], score) == {123: found}


def test_all_values_are_removed(fixtures: Fixtures):
    fixtures.variables.clear("acme", JOHN, Attribution(NOW), lambda _: True)
    assert held(fixtures) == {}
    assert "value_part" not in [item["entity"]["S"] for item in fixtures.items()]


def test_the_contact_is_deleted_with_all_that_is_its(fixtures: Fixtures):
    contact = fixtures.contacts.find("acme", 123)
    fixtures.contacts.delete("acme", contact)
    assert not [item for item in fixtures.items() if "CONTACT#123" in item["pk"]["S"]]
