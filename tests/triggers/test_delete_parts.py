"""Parts of large values: the stream and expired leases lead to those that are not in use."""

import json
from typing import Any

import pytest

from local.event_filter import passes
from shared.domain.accounts import Attribution
from shared.domain.contacts import Conversation
from shared.domain.definitions import VariableType
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.table.lean.client import LeanClient
from shared.table.part_references import PART_BYTES
from shared.table.parts import PageParts
from tests.api import template
from tests.aws_calls import around_calls
from tests.fixtures import LONG_AGO, Fixtures
from tests.part_cleaning import PartCleaner, leases, stored_parts, used_parts
from tests.triggers.queue import trigger

pytestmark = pytest.mark.usefixtures("streamed")

JOHN = Subject.contact(123)
TALK = Subject.conversation("conv_1")
SUBJECTS = pytest.mark.parametrize("subject", [JOHN, TALK, BUSINESS], ids=lambda s: s.context_type)
LARGE = "a large text " * 1000
OTHER = "another text " * 1000
LONG = "ab" * PART_BYTES


class Died(Exception):
    """Kills a writer."""


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    fresh_table.contact()
    fresh_table.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return fresh_table


@pytest.fixture
def cleaner(fixtures: Fixtures, engine_url: str) -> PartCleaner:
    return PartCleaner(fixtures, engine_url, process)


def process(records: list[dict[str, Any]]) -> None:
    assert trigger("TriggerDeleteParts", {"Records": records}) == {"batchItemFailures": []}


def save(fixtures: Fixtures, subject: Subject, **values: str | None) -> None:
    assignments = [
        Assignment(slot, name, VariableType.TEXT, value)
        for slot, (name, value) in enumerate(values.items())
    ]
    fixtures.variables.save("acme", subject, assignments, [], Attribution(LONG_AGO))


def die_after_parts(monkeypatch: pytest.MonkeyPatch, fixtures: Fixtures, subject: Subject) -> None:
    """Kill a writer between the parts and the page."""

    def store_and_die(parts: PageParts, table: Any) -> None:
        store(parts, table)
        raise Died

    store = PageParts.store
    with monkeypatch.context() as patch:
        patch.setattr(PageParts, "store", store_and_die)
        with pytest.raises(Died):
            save(fixtures, subject, story=LONG)


@SUBJECTS
@pytest.mark.parametrize("value", [None, "small", OTHER])
def test_a_replaced_value_loses_its_parts(
    value: str | None, subject: Subject, fixtures: Fixtures, cleaner: PartCleaner
):
    save(fixtures, subject, story=LONG, note=LARGE)
    dropped = used_parts(fixtures)
    save(fixtures, subject, story=value)
    cleaner.clean()
    assert stored_parts(fixtures) == used_parts(fixtures)
    assert len(dropped - used_parts(fixtures)) == 2


def test_a_repeated_and_late_record_deletes_nothing_in_use(
    fixtures: Fixtures, cleaner: PartCleaner
):
    save(fixtures, JOHN, story=LARGE)
    save(fixtures, JOHN, story=OTHER)
    save(fixtures, JOHN, story=LARGE)
    records = cleaner.records()
    for _ in range(2):
        process(records)
        assert stored_parts(fixtures) == used_parts(fixtures)
    assert fixtures.variables.list("acme", JOHN)[0].value == LARGE


def test_a_deleted_contact_and_its_conversation_lose_their_parts(
    fixtures: Fixtures, cleaner: PartCleaner
):
    save(fixtures, JOHN, story=LONG)
    save(fixtures, TALK, topic=LARGE)
    fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
    cleaner.clean()
    assert stored_parts(fixtures) == set()


@SUBJECTS
@pytest.mark.parametrize("has_page", [True, False])
def test_what_a_killed_writer_left_expires(
    has_page: bool,
    subject: Subject,
    fixtures: Fixtures,
    cleaner: PartCleaner,
    monkeypatch: pytest.MonkeyPatch,
):
    if has_page:
        save(fixtures, subject, story=LARGE)
    die_after_parts(monkeypatch, fixtures, subject)
    cleaner.clean()
    assert len(stored_parts(fixtures) - used_parts(fixtures)) == 2
    cleaner.clean_up()
    assert stored_parts(fixtures) == used_parts(fixtures)
    assert [each.value for each in fixtures.variables.list("acme", subject)] == [LARGE] * has_page


@SUBJECTS
def test_an_expired_lease_of_a_value_in_use_deletes_nothing(
    subject: Subject, fixtures: Fixtures, cleaner: PartCleaner
):
    save(fixtures, subject, other="x")
    save(fixtures, subject, story=LONG)
    writes = [item.get("writes") for item in fixtures.items()]
    cleaner.clean_up()
    assert leases(fixtures) == []
    assert fixtures.variables.list("acme", subject)[0].value == LONG
    assert [item.get("writes") for item in fixtures.items() if item["entity"]["S"] == "values"] == [
        each for each in writes if each
    ]


def test_a_lease_that_its_writer_deletes_says_nothing(fixtures: Fixtures, engine_url: str):
    cleaner = PartCleaner(fixtures, engine_url, process)
    save(fixtures, TALK, topic=LARGE)
    assert leases(fixtures) == []
    everything = cleaner._stream.new_records()
    (deleted,) = [
        each
        for each in everything
        if each["dynamodb"].get("OldImage", {}).get("entity") == {"S": "part_lease"}
    ]
    process([deleted])
    assert fixtures.variables.list("acme", TALK)[0].value == LARGE


def test_a_removal_that_fails_is_repeated(
    fixtures: Fixtures, cleaner: PartCleaner, monkeypatch: pytest.MonkeyPatch
):
    die_after_parts(monkeypatch, fixtures, JOHN)
    records = cleaner.expire(leases(fixtures))
    for budget in range(6):
        with monkeypatch.context() as patch:
            around_calls(patch, limited(budget))
            failed = trigger("TriggerDeleteParts", {"Records": records})["batchItemFailures"]
        if not failed:
            break
    assert budget > 1
    assert stored_parts(fixtures) == set()


@pytest.mark.parametrize(("writers", "is_removed"), [(1, True), (4, True), (5, False)])
def test_parts_of_a_page_that_is_written_meanwhile(
    writers: int,
    is_removed: bool,
    fixtures: Fixtures,
    cleaner: PartCleaner,
    monkeypatch: pytest.MonkeyPatch,
):
    """The writer of the page may have read it before the parts became unused."""
    save(fixtures, JOHN, story="small")
    die_after_parts(monkeypatch, fixtures, JOHN)
    records = cleaner.expire(leases(fixtures))
    waiting = list(range(writers))

    def write_before(name: str, send: Any) -> Any:
        if name == "UpdateItem" and waiting:
            number = waiting.pop()
            with monkeypatch.context() as patch:
                patch.setattr(LeanClient, "_call", unpatched)
                save(fixtures, JOHN, story=f"text {number}")
        return send()

    unpatched = LeanClient._call
    with monkeypatch.context() as patch:
        around_calls(patch, write_before)
        failed = trigger("TriggerDeleteParts", {"Records": records})["batchItemFailures"]
    assert not waiting
    assert bool(failed) != is_removed
    assert bool(stored_parts(fixtures)) != is_removed
    process(records)
    assert stored_parts(fixtures) == set()
    assert fixtures.variables.list("acme", JOHN)[0].value == "text 0"


def limited(budget: int) -> Any:
    """Allow a number of calls of AWS, and fail all later ones."""
    made = []

    def call(name: str, send: Any) -> Any:
        made.append(name)
        if len(made) > budget:
            raise ConnectionError
        return send()

    return call


class TestFilter:
    def test_only_records_about_parts_wake_the_function(self, fixtures: Fixtures, engine_url: str):
        (source,) = [each for each in template().sources if each.function == "TriggerDeleteParts"]
        stream = PartCleaner(fixtures, engine_url)._stream
        save(fixtures, JOHN, story="small")
        save(fixtures, JOHN, story="other")
        save(fixtures, TALK, topic=LARGE)
        assert [each for each in stream.new_records() if passes(source.patterns, each)] == []
        save(fixtures, TALK, topic="small")
        (record,) = [each for each in stream.new_records() if passes(source.patterns, each)]
        assert record["dynamodb"]["Keys"]["sk"] == {"S": "VALUES#000000"}

    def test_parts_and_leases_wake_nobody_else(self, fixtures: Fixtures, engine_url: str):
        (source,) = [each for each in template().sources if each.function == "TriggerRecordChanges"]
        stream = PartCleaner(fixtures, engine_url)._stream
        save(fixtures, JOHN, story=LARGE)
        woken = [each for each in stream.new_records() if passes(source.patterns, each)]
        assert [json.loads(json.dumps(each["dynamodb"]["Keys"]["sk"]["S"])) for each in woken] == [
            "VALUES#000000"
        ]
