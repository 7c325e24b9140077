"""Test the guarantees of storage on an engine in its own process; see --engine."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.accounts import Account, Attribution
from shared.domain.contacts import (
    Contact,
    Conversation,
    Cooldown,
    Identifier,
    IdentifierKind,
    PhoneNumber,
)
from shared.domain.definitions import ContextType, Definition, Tombstone, VariableType
from shared.domain.errors import ContextTooLarge, WriteConflict
from shared.domain.tags import Tag
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.table.accounts import TagTable
from shared.table.dynamo import Table
from tests.fixtures import LONG_AGO, Fixtures

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
BY = Attribution(NOW)
JOHN = Subject.contact(123)


def assign(definition: Definition, value) -> Assignment:
    return Assignment(definition.slot, definition.name, definition.variable_type, value)


def held(fixtures: Fixtures, subject: Subject = JOHN) -> dict:
    return {each.name: each.value for each in fixtures.variables.list("acme", subject)}


def numbered(slot: int, value=1) -> Assignment:
    return Assignment(slot, f"variable_{slot}", VariableType.NUMBER, value)


class TestValues:
    def test_each_kind_of_value_comes_back_as_it_was(self, fixtures: Fixtures):
        fixtures.contact()
        values = ["", "text", "\x00", 0, -7, 10**37, 0.1, 1.5e-100, True, False]
        assignments = [numbered(slot, value) for slot, value in enumerate(values)]
        fixtures.variables.save("acme", JOHN, assignments, [], BY)
        stored = fixtures.variables.list("acme", JOHN)
        assert [(each.value, type(each.value)) for each in stored] == [
            (value, type(value)) for value in values
        ]
        assert {each.updated_at for each in stored} == {NOW}

    def test_setting_and_removing_leave_other_values_alone(self, fixtures: Fixtures):
        fixtures.contact()
        slots = [0, 1, 31, 32, 500]
        fixtures.variables.save("acme", JOHN, [numbered(slot) for slot in slots], [], BY)
        fixtures.variables.save("acme", JOHN, [numbered(1, None), numbered(32, 9)], [], BY)
        assert held(fixtures) == {"variable_0": 1, "variable_31": 1, "variable_32": 9} | {
            "variable_500": 1
        }

    @pytest.mark.parametrize("slots", [[0], [40], [0, 40]])
    def test_a_subject_that_is_not_there_takes_no_values(self, slots, fixtures: Fixtures):
        with pytest.raises(WriteConflict):
            fixtures.variables.save("acme", JOHN, [numbered(slot) for slot in slots], [], BY)
        assert fixtures.items() == []

    def test_the_business_is_always_there(self, fixtures: Fixtures):
        for slots in ([0], [40], [1, 41]):
            fixtures.variables.save("acme", BUSINESS, [numbered(slot) for slot in slots], [], BY)
        assert len(held(fixtures, BUSINESS)) == 4

    def test_a_conversation_takes_values_once_it_is_there(self, fixtures: Fixtures):
        subject = Subject.conversation("conv_1")
        with pytest.raises(WriteConflict):
            fixtures.variables.save("acme", subject, [numbered(0)], [], BY)
        fixtures.contact()
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        fixtures.variables.save("acme", subject, [numbered(0)], [], BY)
        assert held(fixtures, subject) == {"variable_0": 1}

    def test_values_and_the_definitions_made_for_them_are_written_together(
        self, fixtures: Fixtures
    ):
        fixtures.contact()
        processed = fixtures.definition("taken")
        rival = replace(processed, definition_id=99, external_id="other", slot=7)
        with pytest.raises(WriteConflict):
            fixtures.variables.save("acme", JOHN, [numbered(7)], [rival], BY)
        assert held(fixtures) == {}
        assert fixtures.definitions.find("acme", 99) is None

    @pytest.mark.parametrize("count", [1, 30, 34, 100])
    def test_any_number_of_new_definitions_can_come_with_their_values(
        self, count, fixtures: Fixtures
    ):
        fixtures.contact()
        made = [a_definition(i) for i in range(count)]
        fixtures.variables.save("acme", JOHN, [assign(each, 1) for each in made], made, BY)
        assert len(held(fixtures)) == count
        assert len(fixtures.definitions.list("acme")) == count

    def test_more_pages_than_a_transaction_holds_are_too_large(self, fixtures: Fixtures):
        fixtures.contact()
        assignments = [numbered(page * 32) for page in range(100)]
        with pytest.raises(ContextTooLarge):
            fixtures.variables.save("acme", JOHN, assignments, [], BY)
        assert held(fixtures) == {}


def a_definition(i: int, **facts) -> Definition:
    return Definition(
        **{
            "definition_id": i + 1,
            "slot": i,
            "external_id": f"external{i}",
            "name": f"variable_{i}",
            "display_name": f"Variable {i}",
            "variable_type": VariableType.NUMBER,
            "context_type": ContextType.CONTACT,
            **facts,
        }
    )


class TestDefinitions:
    def test_every_field_comes_back(self, fixtures: Fixtures):
        made = a_definition(
            0,
            variable_type=VariableType.SELECT,
            select_options=("a", ""),
            description="d",
            is_default=True,
            default_value="a",
            structure='{"a": "string"}',
            owner="ann",
            team=42,
        )
        fixtures.definitions.add("acme", [made])
        assert fixtures.definitions.find("acme", 1) == made
        assert fixtures.definitions.list("acme") == [made]

    def test_numbers_are_given_once(self, fixtures: Fixtures):
        first = fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 3)
        second = fixtures.definitions.allocate_ids("acme", ContextType.BUSINESS, 1)
        third = fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 1)
        assert (first.first_id, first.first_slot) == (1, 0)
        assert (second.first_id, second.first_slot) == (4, 0)
        assert (third.first_id, third.first_slot) == (5, 3)

    @pytest.mark.parametrize(("reserved", "following"), [(100, 101), (2, 4)])
    def test_reserved_ids_are_not_given(self, reserved: int, following: int, fixtures: Fixtures):
        fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 3)
        fixtures.definitions.reserve("acme", reserved)
        assert (
            fixtures.definitions.allocate_ids("acme", ContextType.CONTACT, 1).first_id == following
        )

    def test_a_name_is_taken_once_in_its_context_type(self, fixtures: Fixtures):
        fixtures.definitions.add("acme", [a_definition(0)])
        with pytest.raises(WriteConflict):
            fixtures.definitions.add("acme", [a_definition(1), a_definition(2, name="variable_0")])
        assert len(fixtures.definitions.list("acme")) == 1
        other = a_definition(3, name="variable_0", context_type=ContextType.BUSINESS)
        fixtures.definitions.add("acme", [other])
        assert len(fixtures.definitions.list("acme")) == 2

    def test_a_deleted_name_leaves_its_slot_behind(self, fixtures: Fixtures):
        made = a_definition(5)
        fixtures.definitions.add("acme", [made])
        fixtures.definitions.delete("acme", made)
        assert fixtures.definitions.find("acme", 6) is None
        found = fixtures.definitions.find_by_names("acme", ContextType.CONTACT, ["variable_5"])
        assert found == {"variable_5": Tombstone("variable_5", 5)}
        with pytest.raises(WriteConflict):
            fixtures.definitions.add("acme", [a_definition(9, name="variable_5")])
        fixtures.definitions.add("acme", [a_definition(9, name="variable_5", slot=5)])

    def test_only_the_version_that_was_seen_is_replaced_or_deleted(self, fixtures: Fixtures):
        made = a_definition(0)
        fixtures.definitions.add("acme", [made])
        changed = replace(made, display_name="New", version=2)
        fixtures.definitions.replace("acme", made, changed)
        with pytest.raises(WriteConflict):
            fixtures.definitions.replace("acme", made, changed)
        with pytest.raises(WriteConflict):
            fixtures.definitions.delete("acme", made)
        assert fixtures.definitions.find("acme", 1) == changed

    def test_a_successor_of_the_same_name_is_not_overwritten(self, fixtures: Fixtures):
        made = a_definition(0)
        fixtures.definitions.add("acme", [made])
        fixtures.definitions.delete("acme", made)
        successor = a_definition(0, definition_id=2, external_id="second")
        fixtures.definitions.add("acme", [successor])
        with pytest.raises(WriteConflict):
            fixtures.definitions.replace("acme", made, replace(made, version=2))
        with pytest.raises(WriteConflict):
            fixtures.definitions.delete("acme", made)
        assert fixtures.definitions.list("acme") == [successor]

    def test_a_thousand_definitions_are_listed_and_found(self, fixtures: Fixtures):
        for start in range(0, 1000, 25):
            some = [a_definition(i, description="x" * 900) for i in range(start, start + 25)]
            fixtures.definitions.add("acme", some)
        assert [each.definition_id for each in fixtures.definitions.list("acme")] == list(
            range(1, 1001)
        )
        names = [f"variable_{i}" for i in range(250)]
        assert len(fixtures.definitions.find_by_names("acme", ContextType.CONTACT, names)) == 250


class TestContacts:
    def test_every_field_comes_back(self, fixtures: Fixtures):
        contact = fixtures.contact(
            email="john@example.com",
            phone_numbers=(PhoneNumber(1, "+1", primary=True), PhoneNumber(2, "+2")),
            tags=("VIP",),
            wa_id="1",
            sms_phone_number="2",
            webchat_user_id="3",
            time_zone="Europe/Rome",
            language="EN",
            platform="whatsapp",
            industry_context={"a": [1.5, None]},
            owner="ann",
            team=42,
        )
        assert fixtures.contacts.find("acme", 123) == contact
        found = fixtures.contacts.find_with_values("acme", 123)
        assert (found.contact, found.values) == (contact, ())

    def test_an_id_is_taken_once(self, fixtures: Fixtures):
        fixtures.contact(email="john@example.com")
        with pytest.raises(WriteConflict):
            fixtures.contact(email="jane@example.com")
        assert fixtures.contacts.find("acme", 123).email == "john@example.com"

    def test_an_identifier_finds_none_one_or_several(self, fixtures: Fixtures):
        wa_id = Identifier(IdentifierKind.WHATSAPP, "1234567890")
        assert fixtures.ids_with(wa_id) == []
        fixtures.contact(1, wa_id="1234567890")
        assert fixtures.ids_with(wa_id) == [1]
        fixtures.contact(2, wa_id="1234567890")
        fixtures.contact(3, wa_id="1234567890")
        assert fixtures.ids_with(wa_id) == [1, 2, 3]
        assert fixtures.ids_with(wa_id, "globex") == []

    def test_only_the_version_that_was_seen_is_replaced(self, fixtures: Fixtures):
        before = fixtures.contact(email="john@example.com")
        after = replace(before, email="new@example.com", version=2)
        fixtures.contacts.replace("acme", before, after, BY, [numbered(0), numbered(40)])
        with pytest.raises(WriteConflict):
            fixtures.contacts.replace(
                "acme", before, replace(before, email="x"), BY, [numbered(0, 9)]
            )
        assert fixtures.contacts.find("acme", 123) == after
        assert held(fixtures) == {"variable_0": 1, "variable_40": 1}

    def test_they_are_listed_in_order_of_number(self, fixtures: Fixtures):
        for contact_id in (20, 3, 100):
            fixtures.contact(contact_id)
        fixtures.contact(4, account="globex")
        assert [each.contact_id for each in fixtures.contacts.list("acme")] == [3, 20, 100]

    def test_a_list_tells_all_that_a_summary_has(self, fixtures: Fixtures):
        told = {
            "updated_at": NOW,
            "email": "john@example.com",
            "company": "Acme",
            "stage": "customer",
            "status": "contacted",
            "platform": "whatsapp",
            "phone_numbers": (PhoneNumber(1, "+15550100", primary=True),),
            "tags": ("VIP",),
            "owner": "ann",
            "team": 42,
        }
        contact = fixtures.contact(**told)
        (summary,) = fixtures.contacts.list("acme")
        for spec in fields(summary):
            assert getattr(summary, spec.name) == getattr(contact, spec.name)

    def test_a_contact_comes_with_values_on_many_pages(self, fixtures: Fixtures):
        contact = Contact(contact_id=9, created_at=LONG_AGO, updated_at=LONG_AGO)
        assignments = [numbered(slot) for slot in range(0, 2000, 40)]
        fixtures.contacts.add("acme", contact, BY, assignments)
        found = fixtures.contacts.find_with_values("acme", 9)
        assert [each.slot for each in found.values] == list(range(0, 2000, 40))

    def test_while_a_cooldown_runs_nothing_is_written_with_another(self, fixtures: Fixtures):
        before = fixtures.contact()
        made = Contact(contact_id=7, created_at=NOW, updated_at=NOW, wa_id="7")
        pause = Cooldown("a#b", NOW, NOW + timedelta(minutes=30))
        assert fixtures.contacts.cooldown_end("acme", "a#b") is None
        fixtures.contacts.add("acme", made, BY, once=pause)
        assert fixtures.contacts.cooldown_end("acme", "a#b") == pause.ends_at
        assert fixtures.contacts.cooldown_end("globex", "a#b") is None
        held_items = fixtures.items()
        early = pause.ends_at - timedelta(milliseconds=1)
        for again in (pause, Cooldown("a#b", early, early + timedelta(minutes=30))):
            with pytest.raises(WriteConflict):
                fixtures.contacts.add("acme", replace(made, contact_id=8), BY, once=again)
            with pytest.raises(WriteConflict):
                fixtures.contacts.replace(
                    "acme", before, replace(before, version=2), BY, [numbered(0)], once=again
                )
        assert fixtures.items() == held_items
        fixtures.contacts.replace("acme", before, replace(before, version=2), BY)
        fixtures.contacts.add(
            "acme", replace(made, contact_id=8), BY, once=replace(pause, about="a")
        )

    def test_a_cooldown_that_has_ended_is_in_nobodys_way(self, fixtures: Fixtures):
        before = fixtures.contact()
        after = replace(before, version=2)
        pause = Cooldown("a#b", NOW, NOW + timedelta(minutes=30))
        next_one = Cooldown("a#b", pause.ends_at, pause.ends_at + timedelta(minutes=30))
        fixtures.contacts.replace("acme", before, after, BY, once=pause)
        fixtures.contacts.replace("acme", after, replace(after, version=3), BY, once=next_one)
        assert fixtures.contacts.cooldown_end("acme", "a#b") == next_one.ends_at

    def test_an_ended_cooldown_is_left_to_be_deleted(self, fixtures: Fixtures):
        before = fixtures.contact()
        pause = Cooldown("a#b", NOW, NOW + timedelta(minutes=30))
        fixtures.contacts.replace("acme", before, replace(before, version=2), BY, once=pause)
        (item,) = [each for each in fixtures.items() if each["entity"]["S"] == "cooldown"]
        assert 0 <= int(item["expires_at"]["N"]) - pause.ends_at.timestamp() <= 1


class TestTheRest:
    def test_accounts(self, fixtures: Fixtures):
        account = Account("acme", "Acme", ("bot_1", "bot_2"))
        fixtures.accounts.add(account)
        assert fixtures.accounts.find("acme") == account
        assert fixtures.accounts.find("globex") is None
        with pytest.raises(WriteConflict):
            fixtures.accounts.add(account)

    def test_api_keys(self, fixtures: Fixtures):
        key = fixtures.key(
            requests_per_minute=2,
            valid_until=NOW,
            user="ann",
            teams=frozenset({1, 2}),
            name="a name",
        )
        assert fixtures.credentials.find(key.key_hash) == key
        assert fixtures.credentials.list("acme") == [key]
        assert fixtures.credentials.list("globex") == []
        caller = fixtures.caller(key)
        passed = [fixtures.credentials.count_request(caller, 7, 2) for _ in range(3)]
        assert passed == [1, 2, None]
        assert fixtures.credentials.count_request(caller, 8, 2)
        fixtures.credentials.revoke(key)
        assert not fixtures.credentials.find(key.key_hash).active
        with pytest.raises(WriteConflict):
            fixtures.key()

    def test_tags(self, fixtures: Fixtures):
        tags = TagTable(Table(fixtures.client, fixtures.table_name))
        for tag_id in (10, 2):
            tags.add("acme", Tag(tag_id, f"tag {tag_id}"))
        assert tags.list("acme") == [Tag(2, "tag 2"), Tag(10, "tag 10")]
        with pytest.raises(WriteConflict):
            tags.add("acme", Tag(2, "again"))

    def test_every_item_says_what_it_is(self, fixtures: Fixtures):
        fixtures.accounts.add(Account("acme"))
        key = fixtures.key(requests_per_minute=1)
        fixtures.credentials.count_request(fixtures.caller(key), 7, 1)
        fixtures.contact(wa_id="1")
        gone = fixtures.definition("gone")
        fixtures.definition("here")
        fixtures.definitions.delete("acme", gone)
        fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
        items = fixtures.items()
        assert {item["entity"]["S"] for item in items} == {
            "account",
            "account_head",
            "api_key",
            "api_key_entry",
            "contact",
            "conversation",
            "counters",
            "definition",
            "definition_pointer",
            "identifier",
            "request_count",
            "tombstone",
            "values",
        }
        assert all(item["v"] == {"N": "1"} for item in items)
        assert [item["expires_at"] for item in items if "expires_at" in item] == [{"N": "4020"}]
