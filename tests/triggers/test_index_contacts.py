"""The contact index: it has what the contacts have, whatever happens to the records."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from local.event_filter import passes
from shared.domain.accounts import Attribution
from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange, chunk_of, indexed
from shared.domain.contacts import Contact, ContactSummary, PhoneNumber
from shared.domain.errors import ContextError, Unavailable
from shared.domain.values import Subject
from shared.table import codec, keys
from shared.table import contact_index_items as items
from shared.table.contact_index import ContactIndexTable
from shared.table.contact_indexing import ContactIndexer
from shared.table.contact_items import to_contact_summary
from shared.table.dynamo import Table
from shared.table.index_states import IndexStates, TooManyCells
from shared.table.index_updates import IndexUpdates
from shared.table.operations import Item, as_item, key_of
from shared.wiring import endpoints as wiring
from tests.api import Api, template
from tests.aws_calls import around_calls
from tests.failures import failing, rejected
from tests.fixtures import KEY, LONG_AGO, Fixtures, john_smith
from tests.triggers.queue import trigger
from tests.triggers.stream import Stream

BY = Attribution(LONG_AGO)
IDS = (1, 2, CONTACTS_PER_CHUNK - 1, CONTACTS_PER_CHUNK, 16 * CONTACTS_PER_CHUNK + 5)
OWNERS, TEAMS = (None, "ann", "bob"), (None, 1, 2)
TAGS = ((), ("vip",), ("vip", "new"))
STAGES, STATUSES = ("lead", "won"), ("not_contacted", "called")
NAMES = ("John Smith", "Zoë Åberg", "Jo O'Neil")


class Killed(Exception):
    """The process that indexes was killed."""


@pytest.fixture
def updates(fixtures: Fixtures) -> IndexUpdates:
    return IndexUpdates(wiring.table())


def drawn(random: Random, contact_id: int) -> Contact:
    """A contact with everything that the index depends on."""
    return john_smith(
        contact_id,
        full_name=random.choice(NAMES),
        email=random.choice((None, "zoe@example.com")),
        phone_numbers=random.choice(((), (PhoneNumber(1, "+1 212 555"),))),
        owner=random.choice(OWNERS),
        team=random.choice(TEAMS),
        tags=random.choice(TAGS),
        stage=random.choice(STAGES),
        status=random.choice(STATUSES),
    )


def change_of(contact_id: int) -> IndexChange:
    return IndexChange("acme", contact_id, LONG_AGO)


def write(fixtures: Fixtures, random: Random) -> int:
    """Create, change or delete a contact; return its id."""
    contact_id = random.choice(IDS)
    stored = fixtures.contacts.find("acme", contact_id)
    if stored is None:
        fixtures.contacts.add("acme", drawn(random, contact_id), BY)
    elif random.random() < 0.3:
        fixtures.contacts.delete("acme", stored)
    else:
        changed = replace(drawn(random, contact_id), version=stored.version + 1)
        fixtures.contacts.replace("acme", stored, changed, BY)
    return contact_id


def summaries(fixtures: Fixtures) -> list[ContactSummary]:
    found = [item for item in fixtures.items() if item["entity"]["S"] == "contact"]
    return sorted(map(to_contact_summary, found), key=lambda each: each.contact_id)


def assert_equal_to_contacts(fixtures: Fixtures, *, has_earlier_words: bool = False) -> None:
    """The leaves, the counts, the words and the entries are what the contacts say.

    Words of earlier names may be left: a search reads their contacts and does not show them.
    """
    stored = fixtures.items()
    truth = summaries(fixtures)
    cells = {key: items.to_cells(item) for key, item in of(stored, "index_cells")}
    (known,) = cells.values() or [()]
    leaves = {
        key: {
            chunk_of_key(key) * CONTACTS_PER_CHUNK + position: known[code - 1]
            for position, code in enumerate(items.to_leaf(item).codes)
            if code
        }
        for key, item in of(stored, "index_leaf")
    }
    expected: dict[keys.Key, dict[int, tuple[str, str]]] = {key: {} for key in leaves}
    for each in truth:
        for listed in indexed(each).lists:
            key = keys.index_leaf("acme", listed, chunk_of(each.contact_id))
            expected.setdefault(key, {})[each.contact_id] = (each.stage, each.status)
    assert leaves == expected
    counted = {
        (key.pk, chunk): sum(each.count for each in by_code.values())
        for key, item in of(stored, "index_node")
        for chunk, by_code in items.to_node(item).tallies.items()
    }
    assert counted == {(key.pk, chunk_of_key(key)): len(ids) for key, ids in leaves.items() if ids}
    words = {
        keys.index_word("acme", word, each.contact_id): (each.owner, each.team)
        for each in truth
        for word in indexed(each).words
    }
    assert words == {
        key: tuple(codec.decode(item.get(name, {"NULL": True})) for name in ("owner", "team"))
        for key, item in of(stored, "index_word")
        if key in words or not has_earlier_words
    }
    states = [items.to_entry(item).states for _, item in of(stored, "index_entry")]
    assert {contact_id: each for entry in states for contact_id, each in entry.items()} == {
        each.contact_id: (indexed(each),) for each in truth
    }


def test_contacts_that_others_index_again_and_again_are_indexed_later(
    updates: IndexUpdates, fixtures: Fixtures
):
    fixtures.contact(1)
    conflict = rejected("TransactionConflictException")
    with failing({"PutItem": conflict}) as asked, pytest.raises(Unavailable):
        ContactIndexer(wiring.table()).index("acme", [1])
    assert asked.count("PutItem") == 12
    updates.apply([change_of(1)])
    assert_equal_to_contacts(fixtures)


def of(stored: Iterable[Item], entity: str) -> list[tuple[keys.Key, Item]]:
    return [(key_of(item), item) for item in stored if item["entity"]["S"] == entity]


def chunk_of_key(key: keys.Key) -> int:
    return keys.chunk_of_leaf(key.sk)


def killed_after(calls: int) -> Callable[[str, Callable[[], Any]], Any]:
    """Let so many calls of AWS through; the process ends at the next one, before or after it."""
    made: list[str] = []

    def call(name: str, send: Callable[[], Any]) -> Any:
        made.append(name)
        if len(made) <= calls:
            return send()
        if calls % 2:
            send()
        raise Killed

    return call


@pytest.mark.parametrize("seed", range(2))
def test_records_may_be_late_repeated_and_in_any_order_and_processes_may_die(
    seed: int, fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    random = Random(seed)
    pending: list[int] = []
    for _ in range(30):
        pending.append(write(fixtures, random))
        random.shuffle(pending)
        while pending and random.random() < 0.5:
            contact_id = pending.pop()
            with monkeypatch.context() as patch:
                around_calls(patch, killed_after(random.randrange(60)))
                try:
                    updates.apply([change_of(contact_id)])
                except (Killed, ContextError):
                    pending.append(contact_id)
            if random.random() < 0.2:
                pending.append(contact_id)
    for contact_id in pending:
        updates.apply([change_of(contact_id)])
    assert_equal_to_contacts(fixtures)


@pytest.mark.parametrize("seed", range(3))
def test_processes_may_overtake_each_other_at_any_call(
    seed: int, fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    random = Random(seed)

    def overtaken_at(call_number: int) -> Callable[[str, Callable[[], Any]], Any]:
        made: list[str] = []

        def call(name: str, send: Callable[[], Any]) -> Any:
            made.append(name)
            if len(made) == call_number:
                updates.apply([change_of(write(fixtures, random))])
            return send()

        return call

    for _ in range(15):
        contact_id = write(fixtures, random)
        with monkeypatch.context() as patch:
            around_calls(patch, overtaken_at(random.randrange(40)))
            updates.apply([change_of(contact_id)])
    assert_equal_to_contacts(fixtures, has_earlier_words=True)


def test_lost_records_are_made_up_for_by_a_rebuild(fixtures: Fixtures, updates: IndexUpdates):
    random = Random(9)
    for contact_id in IDS:
        fixtures.contacts.add("acme", drawn(random, contact_id), BY)
        updates.apply([change_of(contact_id)])
    for _ in range(12):
        write(fixtures, random)
    assert [*updates.rebuild("acme")][-1] == len(
        {*IDS, *(each.contact_id for each in summaries(fixtures))}
    )
    assert_equal_to_contacts(fixtures)


def test_many_contacts_are_indexed_at_once(fixtures: Fixtures, updates: IndexUpdates):
    fixtures.contact(1)
    updates.apply([change_of(1)])
    fixtures.crowd(range(2, 42))
    updates.apply([change_of(each) for each in range(2, 42)])
    assert_equal_to_contacts(fixtures)
    for contact_id in range(2, 42):
        key = as_item(keys.subject("acme", Subject.contact(contact_id)))
        fixtures.client.delete_item(TableName=fixtures.table_name, Key=key)
    updates.apply([change_of(each) for each in range(2, 42)])
    assert_equal_to_contacts(fixtures)


def test_a_contact_that_changes_while_it_is_indexed_is_indexed_again(
    fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    fixtures.contact(7, stage="lead")
    updates.apply([change_of(7)])
    made: list[str] = []
    at_each = range(0, 30, 3)

    def change_meanwhile(name: str, send: Callable[[], Any]) -> Any:
        made.append(name)
        if len(made) in at_each and len(made) < 10:
            stored = fixtures.contacts.find("acme", 7)
            changed = replace(stored, stage=f"stage {len(made)}", version=stored.version + 1)
            fixtures.contacts.replace("acme", stored, changed, BY)
        return send()

    with monkeypatch.context() as patch:
        around_calls(patch, change_meanwhile)
        updates.apply([change_of(7)])
    assert_equal_to_contacts(fixtures)


def give_to(fixtures: Fixtures, owner: str, contact_id: int = 7) -> None:
    stored = fixtures.contacts.find("acme", contact_id)
    changed = replace(stored, owner=owner, version=stored.version + 1)
    fixtures.contacts.replace("acme", stored, changed, BY)


@pytest.mark.parametrize("put", range(1, 5))
@pytest.mark.parametrize("other", [7, 6], ids=["same contact", "same entry"])
def test_a_process_that_another_one_overtakes_leaves_nothing_in_its_lists(
    other: int,
    put: int,
    fixtures: Fixtures,
    updates: IndexUpdates,
    monkeypatch: pytest.MonkeyPatch,
):
    fixtures.contact(6)
    fixtures.contact(7)
    updates.apply([change_of(6), change_of(7)])
    give_to(fixtures, "ann")
    made: list[str] = []

    def overtake_once(name: str, send: Callable[[], Any]) -> Any:
        response = send()
        made.append(name)
        if made.count("PutItem") == put and name == "PutItem":
            give_to(fixtures, "bob", other)
            updates.apply([change_of(other)])
        return response

    with monkeypatch.context() as patch:
        around_calls(patch, overtake_once)
        updates.apply([change_of(7)])
    assert_equal_to_contacts(fixtures)


def test_a_process_that_has_read_an_entry_long_ago_overwrites_no_other_contact(
    fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    fixtures.contact(7)
    updates.apply([change_of(7)])
    give_to(fixtures, "ann")
    made: list[str] = []

    def replace_the_contact_first(name: str, send: Callable[[], Any]) -> Any:
        made.append(name)
        if made.count("PutItem") == 1 and name == "PutItem":
            fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 7))
            updates.apply([change_of(7)])
            fixtures.contact(6)
            updates.apply([change_of(6)])
        return send()

    with monkeypatch.context() as patch:
        around_calls(patch, replace_the_contact_first)
        updates.apply([change_of(7)])
    assert_equal_to_contacts(fixtures)


def test_the_first_record_of_a_large_account_does_not_say_that_its_index_is_complete(
    fixtures: Fixtures, updates: IndexUpdates
):
    fixtures.crowd(range(1, 102))
    updates.apply([change_of(1)])
    state = ContactIndexTable(wiring.table()).state("acme")
    assert state is not None
    assert not state.is_complete


def test_an_account_with_too_many_stages_does_without_an_index(
    fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(items, "MAX_CELLS", 1)
    fixtures.contact(1, stage="lead")
    fixtures.contact(2, stage="won")
    updates.apply([change_of(1)])
    updates.apply([change_of(2)])
    state = ContactIndexTable(wiring.table()).state("acme")
    assert state is not None
    assert not state.is_complete


def test_a_rebuild_is_not_complete_when_a_contact_could_not_be_indexed_meanwhile(
    fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    fixtures.contact(1, stage="lead")
    updates.apply([change_of(1)])
    rebuild = updates.rebuild("acme")
    assert next(rebuild) == 1
    with monkeypatch.context() as patch:
        patch.setattr(items, "MAX_CELLS", 1)
        fixtures.contact(2, stage="won")
        updates.apply([change_of(2)])
    assert [*rebuild] == []
    assert not updates.is_complete("acme")
    assert [*updates.rebuild("acme")] == [2]
    assert updates.is_complete("acme")


def test_long_stages_and_statuses_are_too_many_before_they_are_too_large_for_an_item(
    fixtures: Fixtures, updates: IndexUpdates
):
    """A record that always fails would hold up the records of all accounts in its shard."""
    table = wiring.table()
    cells = {(f"{number} {'stage' * 99}", "é" * 500) for number in range(400)}
    fixtures.contact(1)
    updates.apply([change_of(1)])
    with pytest.raises(TooManyCells):
        IndexStates(table).codes("acme", cells)
    assert len(IndexStates(table).codes("acme", sorted(cells)[:50])) == 51


@pytest.mark.parametrize("calls", range(6, 16))
def test_no_list_has_less_than_no_contacts_after_a_process_has_died(
    calls: int, fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    fixtures.key(KEY, user="ann", teams=(1,))
    fixtures.contact(CONTACTS_PER_CHUNK, owner="bob")
    updates.apply([change_of(CONTACTS_PER_CHUNK)])
    fixtures.contact(7, owner="ann", team=1)
    with monkeypatch.context() as patch, suppress(Killed):
        around_calls(patch, killed_after(calls))
        updates.apply([change_of(7)])
    assert Api(KEY).call("GET", "/api/v1/contacts").document["count"] in (0, 1)


@pytest.mark.parametrize("tag", ["x" * 3000, "#" * 1000])
def test_a_tag_that_is_too_long_for_a_key_is_on_no_contact(
    tag: str, fixtures: Fixtures, updates: IndexUpdates, monkeypatch: pytest.MonkeyPatch
):
    fixtures.key(KEY, user="ann", teams=(1,))
    fixtures.contact(CONTACTS_PER_CHUNK)
    updates.apply([change_of(CONTACTS_PER_CHUNK)])
    asked: list[str] = []
    query = Table.query

    def observed(self: Table, pk: str, *given: Any, **named: Any) -> Any:
        asked.append(pk)
        return query(self, pk, *given, **named)

    monkeypatch.setattr(Table, "query", observed)
    answer = Api(KEY).call("GET", "/api/v1/contacts", query={"tag": tag})
    assert (answer.status, answer.document["count"]) == (200, 0)
    # DynamoDB refuses the request for a longer partition key, and moto doesn't.
    assert max(len(each.encode()) for each in asked) <= 2048


@pytest.mark.usefixtures("streamed")
def test_records_of_contacts_alone_wake_the_function(fixtures: Fixtures, engine_url: str):
    (source,) = [each for each in template().sources if each.function == "TriggerIndexContacts"]
    stream = Stream(engine_url, fixtures.table_name)
    contact = fixtures.contact(1)
    definition = fixtures.definition("tier")
    woken = [each for each in stream.new_records() if passes(source.patterns, each)]
    assert [each["dynamodb"]["Keys"]["sk"]["S"] for each in woken] == ["PROFILE"]
    assert trigger("TriggerIndexContacts", {"Records": woken}) == {"batchItemFailures": []}
    assert_equal_to_contacts(fixtures)
    indexed_already = fixtures.items()
    fixtures.value(definition, "Gold", contact_id=1)
    assert [each for each in stream.new_records() if passes(source.patterns, each)] == []
    fixtures.contacts.replace("acme", contact, replace(contact, company="Initech", version=2), BY)
    woken = [each for each in stream.new_records() if passes(source.patterns, each)]
    before = of(fixtures.items(), "index_state")
    assert trigger("TriggerIndexContacts", {"Records": woken}) == {"batchItemFailures": []}
    assert of(fixtures.items(), "index_state") == before
    assert of(indexed_already, "index_entry") == of(fixtures.items(), "index_entry")
