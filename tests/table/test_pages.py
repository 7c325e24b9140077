"""Values too large for a page, sets too large for a transaction, and their removal."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.accounts import Attribution, Audience
from shared.domain.contacts import Conversation
from shared.domain.definitions import ContextType, Definition, DefinitionDraft, VariableType
from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.definitions import allocate_definitions
from shared.table import keys
from shared.table.definition_writes import DEFINITIONS_PER_WRITE
from shared.table.dynamo import Table
from shared.table.operations import Write
from tests.fixtures import Fixtures
from tests.part_cleaning import PartCleaner, stored_parts, used_parts

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
JOHN = Subject.contact(123)
LARGE = "ä" * 5000
MEGABYTE = "€" * 333_333


def everything(_: Audience) -> bool:
    """Return that the caller sees every audience."""
    return True


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.contact()
    return engine_world


def text(slot: int, value: str | None) -> Assignment:
    return Assignment(slot, f"variable_{slot}", VariableType.TEXT, value)


def save(fixtures: Fixtures, *assignments: Assignment, subject: Subject = JOHN, **how) -> None:
    fixtures.variables.save("acme", subject, assignments, [], Attribution(NOW), **how)


def held(fixtures: Fixtures, subject: Subject = JOHN) -> dict[int, object]:
    return {each.slot: each.value for each in fixtures.variables.list("acme", subject)}


def entities(fixtures: Fixtures) -> list[str]:
    return [item["entity"]["S"] for item in fixtures.items()]


@pytest.fixture
def cleaner(streamed: None, fixtures: Fixtures, engine_url: str) -> PartCleaner:
    return PartCleaner(fixtures, engine_url)


class TestLargeValues:
    @pytest.mark.parametrize("subject", [JOHN, BUSINESS], ids=["contact", "business"])
    @pytest.mark.parametrize("value", [LARGE, MEGABYTE, "x" * 8193])
    def test_a_large_value_comes_back_whole(self, value: str, subject: Subject, fixtures: Fixtures):
        save(fixtures, text(0, value), text(1, "small"), text(40, value), subject=subject)
        assert held(fixtures, subject) == {0: value, 1: "small", 40: value}
        save(fixtures, text(1, "other"), subject=subject)
        assert held(fixtures, subject) == {0: value, 1: "other", 40: value}

    def test_a_contact_is_read_with_its_large_values(self, fixtures: Fixtures):
        save(fixtures, text(0, MEGABYTE))
        (value,) = fixtures.contacts.find_with_values("acme", 123).values
        assert value.value == MEGABYTE

    @pytest.mark.parametrize("after", [None, "small", LARGE])
    def test_what_takes_its_place_leaves_no_part_behind(
        self, after: str | None, fixtures: Fixtures, cleaner: PartCleaner
    ):
        save(fixtures, text(0, MEGABYTE), text(2, LARGE))
        assert entities(fixtures).count("part") == 5
        save(fixtures, text(0, after))
        cleaner.clean()
        assert entities(fixtures).count("part") == (2 if after == LARGE else 1)
        save(fixtures, text(2, "small"), text(50, "small"))
        cleaner.clean()
        assert entities(fixtures).count("part") == (1 if after == LARGE else 0)
        expected = {0: after, 2: "small", 50: "small"}
        assert held(fixtures) == {slot: value for slot, value in expected.items() if value}

    def test_a_subject_that_is_not_there_takes_none(self, fixtures: Fixtures, cleaner: PartCleaner):
        before = fixtures.items()
        with pytest.raises(WriteConflict):
            save(fixtures, text(0, LARGE), subject=Subject.contact(9))
        cleaner.clean_up()
        assert fixtures.items() == before

    def test_a_new_and_a_changed_contact_take_them(self, fixtures: Fixtures):
        contact = fixtures.contacts.find("acme", 123)
        fixtures.contacts.replace("acme", contact, contact, Attribution(NOW), [text(0, LARGE)])
        assert held(fixtures) == {0: LARGE}

    def test_writers_of_one_page_never_lose_a_value(self, fixtures: Fixtures, cleaner: PartCleaner):
        def write(slot: int) -> None:
            value = (LARGE if slot % 2 else "small") + str(slot)
            retry_on_conflict(lambda: save(fixtures, text(slot, value)))

        for _ in range(3):
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(write, range(4)))
        assert held(fixtures) == {0: "small0", 1: f"{LARGE}1", 2: "small2", 3: f"{LARGE}3"}
        cleaner.clean_up()
        assert stored_parts(fixtures) == used_parts(fixtures)
        assert len(used_parts(fixtures)) == 2

    def test_a_reader_never_meets_half_of_one(self, fixtures: Fixtures):
        values = [letter * 700_000 for letter in "ab"]
        save(fixtures, text(0, values[0]))

        def write(_: int) -> None:
            for value in values:
                save(fixtures, text(0, value))

        def read(_: int) -> set[object]:
            return {held(fixtures)[0] for _ in range(4)}

        with ThreadPoolExecutor(2) as pool:
            writing, reading = pool.submit(write, 0), pool.submit(read, 0)
            writing.result()
            assert reading.result() <= set(values)


class TestSeveralTransactions:
    def test_what_one_transaction_cannot_hold_is_refused_whole(self, fixtures: Fixtures):
        before = fixtures.items()
        with pytest.raises(ContextTooLarge):
            save(fixtures, *(text(page * 32, "x") for page in range(100)))
        assert fixtures.items() == before

    def test_several_transactions_write_it(self, fixtures: Fixtures):
        assignments = [text(page * 32, "x") for page in range(150)]
        save(fixtures, *assignments, several_transactions=True)
        assert len(held(fixtures)) == 150

    def test_many_large_values_are_written(self, fixtures: Fixtures):
        assignments = [text(slot, f"{slot}{LARGE}") for slot in range(110)]
        save(fixtures, *assignments, several_transactions=True)
        assert held(fixtures) == {slot: f"{slot}{LARGE}" for slot in range(110)}

    def test_definitions_beyond_a_transaction_are_created_once(
        self, fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
    ):
        drafts = [
            DefinitionDraft(
                name=f"variable_{slot}",
                display_name="A name",
                variable_type=VariableType.TEXT,
                context_type=ContextType.CONTACT,
            )
            for slot in range(DEFINITIONS_PER_WRITE + 1)
        ]
        created = allocate_definitions(fixtures.definitions, "acme", drafts, {})
        assignments = [text(each.slot, "x") for each in created]
        write = Table.write

        def refuse_two_pages(table: Table, writes: Sequence[Write], **how: bool) -> None:
            if len([each for each in writes if "values" in repr(each)]) > 1:
                raise ContextTooLarge
            write(table, writes, **how)

        monkeypatch.setattr(Table, "write", refuse_two_pages)
        by = Attribution(NOW)
        fixtures.variables.save("acme", JOHN, assignments, created, by, several_transactions=True)
        assert len(held(fixtures)) == len(created)

    def test_a_subject_that_is_not_there_takes_no_part(self, fixtures: Fixtures):
        before = fixtures.items()
        assignments = [text(page * 32, "x") for page in range(150)]
        with pytest.raises(WriteConflict):
            save(fixtures, *assignments, subject=Subject.contact(9), several_transactions=True)
        assert fixtures.items() == before


class TestRemoval:
    @pytest.mark.parametrize(
        "subject",
        [JOHN, BUSINESS, Subject.conversation("conv_1")],
        ids=["contact", "business", "conversation"],
    )
    def test_clearing_leaves_nothing_but_the_subject(
        self, subject: Subject, fixtures: Fixtures, cleaner: PartCleaner
    ):
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        save(fixtures, text(0, LARGE), text(1, "x"), text(40, "x"), subject=subject)
        fixtures.variables.clear("acme", subject, Attribution(NOW), everything)
        assert held(fixtures, subject) == {}
        cleaner.clean()
        assert "part" not in entities(fixtures)
        save(fixtures, text(1, "again"), subject=subject)
        assert held(fixtures, subject) == {1: "again"}

    def test_a_set_that_comes_between_is_seen_before_anything_is_cleared(
        self, fixtures: Fixtures, monkeypatch
    ):
        save(fixtures, text(0, "x"), text(40, "x"))
        after_query(monkeypatch, lambda: save(fixtures, text(0, "new"), text(80, "new")))
        with pytest.raises(WriteConflict):
            fixtures.variables.clear("acme", JOHN, Attribution(NOW), everything)
        assert held(fixtures) == {0: "new", 40: "x", 80: "new"}
        fixtures.variables.clear("acme", JOHN, Attribution(NOW), everything)
        assert held(fixtures) == {}

    def test_a_set_of_other_pages_that_comes_between_stays(self, fixtures: Fixtures, monkeypatch):
        save(fixtures, text(0, "x"), text(40, "x"))
        after_query(monkeypatch, lambda: save(fixtures, text(80, "new"), text(120, "new")))
        fixtures.variables.clear("acme", JOHN, Attribution(NOW), everything)
        assert held(fixtures) == {80: "new", 120: "new"}

    def test_a_business_without_values_is_cleared_by_no_write(self, fixtures: Fixtures):
        before = fixtures.items()
        fixtures.variables.clear("acme", BUSINESS, Attribution(NOW), everything)
        assert fixtures.items() == before

    def test_a_conversation_that_is_added_while_its_contact_is_deleted_goes_too(
        self, fixtures: Fixtures, monkeypatch
    ):
        late = Conversation("conv_late", 123)

        def add() -> None:
            fixtures.contacts.add_conversation("acme", late)
            save(fixtures, text(0, "late"), subject=Subject.conversation("conv_late"))

        after_query(monkeypatch, add, keys.conversations_partition("acme", 123))
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
        assert fixtures.contacts.find_conversation("acme", "conv_late") is None
        assert not [each for each in fixtures.items() if "#CONVERSATION" in each["pk"]["S"]]

    def test_what_a_conversation_is_given_while_it_is_deleted_goes_too(
        self, fixtures: Fixtures, monkeypatch
    ):
        subject = Subject.conversation("conv_1")
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        after_query(
            monkeypatch,
            lambda: save(fixtures, text(0, "late"), subject=subject),
            "ACCOUNT#acme#CONVERSATION#conv_1",
        )
        fixtures.contacts.delete("acme", fixtures.contacts.find("acme", 123))
        assert held(fixtures, subject) == {}

    def test_a_deleted_contact_leaves_nothing(self, fixtures: Fixtures, cleaner: PartCleaner):
        before = [item for item in fixtures.items() if "#CONTACT#123" not in item["pk"]["S"]]
        contact = fixtures.contact(7, email="jo@example.com", wa_id="7")
        subject = Subject.conversation("conv_7")
        fixtures.contacts.add_conversation("acme", Conversation("conv_7", 7))
        save(fixtures, text(0, LARGE), subject=subject)
        pages = [text(page * 32, "x") for page in range(1, 90)]
        save(fixtures, text(0, LARGE), *pages, subject=Subject.contact(7))
        assert fixtures.contacts.list_conversations("acme", 7) == [Conversation("conv_7", 7)]
        fixtures.contacts.delete("acme", contact)
        cleaner.clean_up()
        left = [item for item in fixtures.items() if "#CONTACT#123" not in item["pk"]["S"]]
        assert [item for item in left if item["entity"]["S"] != "counters"] == [
            item for item in before if item["entity"]["S"] != "counters"
        ]

    def test_a_contact_of_more_than_a_transaction_is_deleted_too(self, fixtures: Fixtures):
        contact = fixtures.contact(7)
        assignments = [text(page * 32, "x") for page in range(150)]
        save(fixtures, *assignments, subject=Subject.contact(7), several_transactions=True)
        fixtures.contacts.delete("acme", contact)
        assert fixtures.contacts.find("acme", 7) is None
        assert held(fixtures, Subject.contact(7)) == {}

    @pytest.mark.parametrize("how", ["cleared", "deleted"])
    def test_large_values_of_more_than_a_transaction_are_removed(
        self, how: str, fixtures: Fixtures, cleaner: PartCleaner
    ):
        contact = fixtures.contact(7)
        subject = Subject.contact(7)
        for slot in range(26):
            save(fixtures, text(slot, MEGABYTE), subject=subject)
        save(fixtures, text(30, LARGE), text(31, "x"), text(40, LARGE), subject=subject)
        if how == "cleared":
            fixtures.variables.clear("acme", subject, Attribution(NOW), everything)
        else:
            fixtures.contacts.delete("acme", contact)
        assert held(fixtures, subject) == {}
        cleaner.clean()
        assert "part" not in entities(fixtures)
        assert (fixtures.contacts.find("acme", 7) is None) == (how == "deleted")

    def test_another_version_is_not_deleted(self, fixtures: Fixtures):
        contact = fixtures.contacts.find("acme", 123)
        save(fixtures, text(0, "x"))
        fixtures.contacts.replace("acme", contact, _next(contact), Attribution(NOW))
        with pytest.raises(WriteConflict):
            fixtures.contacts.delete("acme", contact)
        assert held(fixtures) == {0: "x"}


class TestRenames:
    def test_values_follow_their_definition(self, fixtures: Fixtures):
        made = fixtures.definition("old_name")
        fixtures.value(made, "kept")
        after = _renamed(made, "new_name")
        fixtures.definitions.rename("acme", made, after, None)
        assert names(fixtures) == {"new_name": "kept"}
        assert fixtures.definitions.find("acme", made.external_id) == after
        assert fixtures.definitions.list("acme") == [after]

    @pytest.mark.parametrize("by", ["definition_id", "external_id"])
    def test_it_is_found_while_it_is_renamed(self, by: str, fixtures: Fixtures, monkeypatch):
        made = fixtures.definition("old_name")
        after = _renamed(made, "new_name")
        get, waiting = Table.get, [after]

        def get_then_rename(table: Table, key):
            found = get(table, key)
            if waiting:
                fixtures.definitions.rename("acme", made, waiting.pop(), None)
            return found

        monkeypatch.setattr(Table, "get", get_then_rename)
        assert fixtures.definitions.find("acme", getattr(made, by)) == after

    def test_a_name_that_was_left_is_free_and_empty(self, fixtures: Fixtures):
        made = fixtures.definition("old_name")
        fixtures.value(made, "kept")
        fixtures.definitions.rename("acme", made, _renamed(made, "new_name"), None)
        second = fixtures.definition("old_name")
        assert names(fixtures) == {"new_name": "kept"}
        fixtures.value(second, "fresh")
        assert names(fixtures) == {"new_name": "kept", "old_name": "fresh"}

    def test_what_a_deleted_variable_left_gives_way(self, fixtures: Fixtures):
        gone = fixtures.definition("name")
        fixtures.value(gone, "left over")
        fixtures.definitions.delete("acme", gone)
        other = fixtures.definition("other")
        fixtures.value(other, "moved")
        (displaced,) = fixtures.definitions.find_by_names(
            "acme", other.context_type, ["name"]
        ).values()
        with pytest.raises(WriteConflict):
            fixtures.definitions.rename("acme", other, _renamed(other, "name"), None)
        fixtures.definitions.rename("acme", other, _renamed(other, "name"), displaced)
        assert names(fixtures) == {"name": "moved"}

    def test_a_name_that_is_taken_stays_whose_it_is(self, fixtures: Fixtures):
        one, other = fixtures.definition("one"), fixtures.definition("other")
        before = fixtures.items()
        with pytest.raises(WriteConflict):
            fixtures.definitions.rename("acme", one, _renamed(one, other.name), None)
        assert fixtures.items() == before

    def test_one_variable_is_read_alone_and_under_its_name_of_today(self, fixtures: Fixtures):
        one, large = fixtures.definition("one"), fixtures.definition("large")
        fixtures.value(one, "first")
        assert fixtures.variables.find_value("acme", JOHN, large) is None
        fixtures.value(large, LARGE)
        renamed = _renamed(one, "other")
        fixtures.definitions.rename("acme", one, renamed, None)
        found = fixtures.variables.find_value("acme", JOHN, renamed)
        assert found is not None
        assert (found.name, found.value) == ("other", "first")
        assert fixtures.variables.find_value("acme", JOHN, large).value == LARGE
        assert fixtures.variables.find_value("acme", Subject.contact(9), one) is None

    def test_a_variable_of_many_contacts_is_read_at_once(self, fixtures: Fixtures):
        made = fixtures.definition("tier")
        for contact_id in range(200, 320):
            fixtures.contact(contact_id)
        fixtures.value(made, "Gold", contact_id=200)
        fixtures.value(made, LARGE, contact_id=300)
        found = fixtures.variables.values_of_many("acme", list(range(200, 320)), made)
        assert {key: each.value for key, each in found.items()} == {200: "Gold", 300: LARGE}


def after_query(monkeypatch, act: Callable[[], None], pk: str = "ACCOUNT#acme#CONTACT#123") -> None:
    """Call `act` once, right after a partition was read."""
    query, waiting = Table.query, [act]

    def read_then_act(table: Table, read: str, prefix: str = ""):
        found = list(query(table, read, prefix))
        if waiting and read == pk:
            waiting.pop()()
        return found

    monkeypatch.setattr(Table, "query", read_then_act)


def names(fixtures: Fixtures) -> dict[str, object]:
    return {each.name: each.value for each in fixtures.variables.list("acme", JOHN)}


def _renamed(definition: Definition, name: str) -> Definition:
    return replace(definition, name=name, version=definition.version + 1)


def _next(contact):
    return replace(contact, version=contact.version + 1)


@pytest.mark.parametrize("also", [[], [0], [64]])
def test_removing_values_of_a_page_that_does_not_exist_creates_none(
    also: list[int], fixtures: Fixtures
):
    save(fixtures, text(0, "before"))
    save(fixtures, text(33, None), text(34, None), *(text(slot, "set") for slot in also))
    pages = [item["sk"]["S"] for item in fixtures.items() if item["entity"]["S"] == "values"]
    assert pages == [
        f"VALUES#{number:06d}" for number in sorted({0, *(each // 32 for each in also)})
    ]
    assert held(fixtures) == {0: "before"} | dict.fromkeys(also, "set")


def test_values_of_a_contact_that_does_not_exist_cannot_be_removed(fixtures: Fixtures):
    with pytest.raises(WriteConflict):
        save(fixtures, text(33, None), subject=Subject.contact(999))
