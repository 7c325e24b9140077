"""Large values that were written before they were compressed are read, replaced and deleted."""

import json
import zlib
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.table import keys
from tests.fixtures import Fixtures

_ITEMS = Path(__file__).parent / "written_before_parts.json"
"""Written by the commit before the reader of both forms, as one item in each line.

Contact 123 has two large values and a small one on page 0 and a large one on page 1; the business
and the conversation `conv_1` have a large one each.
"""

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
JOHN = Subject.contact(123)
TALK = Subject.conversation("conv_1")
OF_JOHN = {
    "story": "ä" * 5000,
    "note": "small",
    "biography": "€" * 110_000,
    "address": "x" * 8193,
}


def items() -> list[dict[str, Any]]:
    """Return the items as the DynamoDB client takes them."""
    found: list[dict[str, Any]] = json.loads(_ITEMS.read_text())
    return [{name: _attribute(value) for name, value in item.items()} for item in found]


def _attribute(attribute: dict[str, Any]) -> dict[str, Any]:
    # JSON has no bytes: they are in Base64, and long ones are compressed.
    match attribute:
        case {"B": text}:
            return {"B": b64decode(text)}
        case {"packed": text}:
            return {"B": zlib.decompress(b64decode(text))}
        case {"L": members}:
            return {"L": [_attribute(each) for each in members]}
        case {"M": members}:
            return {"M": {name: _attribute(each) for name, each in members.items()}}
    return attribute


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.put_back(items())
    return engine_world


def held(fixtures: Fixtures, subject: Subject = JOHN) -> dict[str, object]:
    return {each.name: each.value for each in fixtures.variables.list("acme", subject)}


def save(fixtures: Fixtures, **values: object) -> None:
    stored = {each.name: each for each in fixtures.variables.list("acme", JOHN)}
    assignments = [
        Assignment(stored[name].slot, name, stored[name].variable_type, value)
        for name, value in values.items()
    ]
    fixtures.variables.save("acme", JOHN, assignments, [], Attribution(NOW))


def earlier_parts(fixtures: Fixtures, subject: Subject = JOHN) -> int:
    pk = keys.subject("acme", subject).pk
    found = [item for item in fixtures.items() if item["entity"]["S"] == "value_part"]
    return len([item for item in found if item["pk"]["S"] == pk])


def test_every_value_is_read(fixtures: Fixtures):
    assert held(fixtures) == OF_JOHN
    assert held(fixtures, TALK) == {"topic": "t" * 9000}
    assert held(fixtures, BUSINESS) == {"motto": "m" * 9000}
    assert earlier_parts(fixtures) == 4
    contact = fixtures.contacts.find_with_values("acme", 123)
    assert {each.name: each.value for each in contact.values} == OF_JOHN


@pytest.mark.parametrize("name", OF_JOHN)
def test_a_value_is_found_alone(name: str, fixtures: Fixtures):
    (definition,) = [each for each in fixtures.definitions.list("acme") if each.name == name]
    found = fixtures.variables.find_value("acme", JOHN, definition)
    assert found.value == OF_JOHN[name]
    assert fixtures.variables.values_of_many("acme", [123], definition) == {123: found}
    assert fixtures.variables.snapshot("acme", JOHN, [found.slot]).values == [found]


@pytest.mark.parametrize("value", ["other", "y" * 9000, OF_JOHN["biography"], None])
@pytest.mark.parametrize("name", OF_JOHN)
def test_a_value_is_replaced_and_the_others_stay(name: str, value: str, fixtures: Fixtures):
    save(fixtures, **{name: value})
    expected = OF_JOHN | {name: value}
    assert held(fixtures) == {name: text for name, text in expected.items() if text}


def test_all_values_are_replaced_at_once(fixtures: Fixtures):
    values = {name: f"{name} " * 3000 for name in OF_JOHN}
    save(fixtures, **values)
    assert held(fixtures) == values


def test_all_values_are_cleared(fixtures: Fixtures):
    fixtures.variables.clear("acme", JOHN, Attribution(NOW), lambda _: True)
    assert held(fixtures) == {}
    assert earlier_parts(fixtures) == 0


def test_they_are_deleted_with_their_subjects(fixtures: Fixtures):
    fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
    assert earlier_parts(fixtures) == earlier_parts(fixtures, TALK) == 0
    assert held(fixtures, BUSINESS) == {"motto": "m" * 9000}
