"""Large values in legacy parts are read, replaced and deleted."""

import json
import zlib
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.domain.accounts import Attribution, Audience
from shared.domain.errors import WriteConflict
from shared.domain.value_changes import WriteGuard
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.table import keys, page_removal
from shared.table.dynamo import Table
from shared.table.operations import Item, Write, as_item, key_of
from tests.fixtures import Fixtures
from tests.table.test_parts import assert_unavailable_to_every_reader

_ITEMS = Path(__file__).parent / "legacy_parts.json"
"""Items that the last release with legacy parts wrote, one in each line.

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


def legacy_part_count(fixtures: Fixtures, subject: Subject = JOHN) -> int:
    pk = keys.subject("acme", subject).pk
    found = [item for item in fixtures.items() if item["entity"]["S"] == "value_part"]
    return len([item for item in found if item["pk"]["S"] == pk])


def test_every_value_is_read(fixtures: Fixtures):
    assert held(fixtures) == OF_JOHN
    assert held(fixtures, TALK) == {"topic": "t" * 9000}
    assert held(fixtures, BUSINESS) == {"motto": "m" * 9000}
    assert legacy_part_count(fixtures) == 4
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
    assert legacy_part_count(fixtures) == 0


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_part_that_was_written_meanwhile_is_noticed(is_gone: bool, fixtures: Fixtures):
    """The part is deleted, or it has the token of another write."""
    partition = keys.subject("acme", JOHN).pk
    parts = [item for item in fixtures.items() if item["entity"]["S"] == "value_part"]
    first = next(item for item in parts if item["pk"]["S"] == partition)
    key = as_item(key_of(first))
    fixtures.client.delete_item(TableName=fixtures.table_name, Key=key)
    if not is_gone:
        fixtures.put_back([{**first, "stamp": {"S": "another"}}])
    slot, _ = keys.slot_and_part(first["sk"]["S"])
    assert_unavailable_to_every_reader(fixtures, slot)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit transactions to the legacy parts of one value."""
    monkeypatch.setattr(page_removal, "_MAX_PART_BYTES", 20_000)


@pytest.fixture(params=["counted", "uncounted"])
def pages(request: pytest.FixtureRequest, fixtures: Fixtures) -> Fixtures:
    """Provide the contact with pages with and without a count of writes."""
    pages = [item for item in fixtures.items() if item["entity"]["S"] == "values"]
    counts = {"writes": {"N": "7"}} if request.param == "counted" else {}
    fixtures.put_back(
        [{name: each for name, each in page.items() if name != "writes"} | counts for page in pages]
    )
    return fixtures


def clear(fixtures: Fixtures, sees: Callable[[Audience], bool] = lambda _: True) -> None:
    fixtures.variables.clear("acme", JOHN, Attribution(NOW), sees)


def test_more_than_a_transaction_takes_is_cleared_in_steps(small_steps: None, pages: Fixtures):
    before = page(pages).get("writes", {"N": "0"})
    clear(pages)
    assert held(pages) == {}
    assert legacy_part_count(pages) == 0
    assert int(page(pages)["writes"]["N"]) == int(before["N"]) + 2


def test_more_than_a_transaction_takes_is_deleted_in_steps(small_steps: None, pages: Fixtures):
    pages.contacts.delete("acme", pages.contacts.find("acme", 123))
    assert held(pages) == {}
    assert legacy_part_count(pages) == 0


def test_a_value_that_is_set_between_the_steps_stays(
    small_steps: None, pages: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    write, written = Table.write, []

    def write_and_set(table: Table, writes: Sequence[Write], **how: Any) -> None:
        write(table, writes, **how)
        written.append(writes)
        if len(written) == 1:
            save(pages, note="new")

    with monkeypatch.context() as between:
        between.setattr(Table, "write", write_and_set)
        with pytest.raises(WriteConflict):
            clear(pages)
    left = held(pages)
    assert left["note"] == "new"
    assert left.items() <= (OF_JOHN | {"note": "new"}).items()
    assert len(left) == len(OF_JOHN) - 1
    clear(pages)
    assert held(pages) == {}


@pytest.mark.parametrize("hidden", ["story", "biography"])
def test_a_value_that_the_caller_does_not_see_stays(
    hidden: str, small_steps: None, pages: Fixtures
):
    (definition,) = [each for each in pages.definitions.list("acme") if each.name == hidden]
    owned = replace(definition, owner="ann", version=definition.version + 1)
    pages.definitions.replace("acme", definition, owned)
    before = page(pages)
    clear(pages, lambda audience: audience.owner is None)
    assert held(pages) == {hidden: OF_JOHN[hidden]}
    # A writer that has read the page before has a conflict, and leaves no parts behind.
    assert page(pages)["large_values"] != before["large_values"]


def test_a_write_requires_that_a_page_is_as_it_was_read(pages: Fixtures):
    note = next(each for each in pages.variables.list("acme", JOHN) if each.name == "note")
    guard = WriteGuard(pages.variables.snapshot("acme", JOHN, [note.slot]))

    def write(value: str) -> None:
        assignment = Assignment(note.slot, "note", note.variable_type, value)
        pages.variables.write("acme", JOHN, [assignment], [], Attribution(NOW), guard)

    write("first")
    with pytest.raises(WriteConflict):
        write("second")
    assert held(pages)["note"] == "first"


def page(fixtures: Fixtures) -> Item:
    """Return the page of the contact with two large values."""
    found = fixtures.table.get(keys.values_page("acme", JOHN, 0))
    assert found is not None
    return found


def test_they_are_deleted_with_their_subjects(fixtures: Fixtures):
    fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
    assert legacy_part_count(fixtures) == legacy_part_count(fixtures, TALK) == 0
    assert held(fixtures, BUSINESS) == {"motto": "m" * 9000}
