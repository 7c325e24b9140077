"""Identifier items always agree with the contacts, also when identifiers move."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from shared.domain.accounts import Caller
from shared.domain.contacts import Contact, ContactDraft, Identifier, IdentifierKind, PhoneNumber
from shared.domain.values import SetRules, Subject
from shared.services.contacts.writes import (
    ContactUpsert,
    delete_contact,
    update_contact,
    upsert_contact,
)
from shared.table import keys
from shared.table.contact_items import identifier_item, to_contact
from shared.table.operations import put
from tests.api import Answer, Api
from tests.fixtures import LONG_AGO, Fixtures
from tests.settled import assert_settled

SETTER_KEY = "setter_0123456789"
KLEN_KEY = "klen_abcdef123456789"
CALLER = Caller("acme", "a-key", LONG_AGO)


@pytest.fixture
def fixtures(engine_world: Fixtures) -> Fixtures:
    engine_world.key(KLEN_KEY)
    engine_world.key(SETTER_KEY, permissions=())
    return engine_world


def all_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Start all calls at the same time, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def contacts_of(fixtures: Fixtures) -> list[Contact]:
    found = [item for item in fixtures.items() if item["entity"]["S"] == "contact"]
    return [to_contact(item) for item in found]


def wa_id(text: str) -> Identifier:
    return Identifier(IdentifierKind.WHATSAPP, text)


def change(fixtures: Fixtures, contact_id: int, **fields: Any) -> None:
    """Change fields of a contact as a use case does, and retry after conflicts."""
    update_contact(
        fixtures.contacts,
        fixtures.definitions,
        CALLER,
        contact_id,
        lambda contact: replace(contact, **fields),
        {},
        SetRules(),
    )


def update(document: dict[str, Any]) -> Answer:
    return Api(SETTER_KEY).call("PUT", "/api/v1/contacts", document)


def test_two_writers_who_give_one_whatsapp_id_both_hold_it(fixtures: Fixtures):
    for contact_id in (1, 2):
        fixtures.contact(contact_id, wa_id=f"55500{contact_id}")
    all_at_once(
        [
            lambda contact_id=contact_id: change(fixtures, contact_id, wa_id="777")
            for contact_id in (1, 2)
        ]
    )
    assert fixtures.ids_with(wa_id("777")) == [1, 2]
    assert fixtures.ids_with(wa_id("555001")) == fixtures.ids_with(wa_id("555002")) == []
    assert update({"waId": "777", "firstName": "Jo"}).status == 409
    assert_settled(fixtures)


def test_writers_of_one_contacts_identifiers_leave_only_the_last(fixtures: Fixtures):
    fixtures.contact(1, wa_id="1000")
    numbers = [f"200{i}" for i in range(6)]
    all_at_once([lambda number=number: change(fixtures, 1, wa_id=number) for number in numbers])
    (contact,) = contacts_of(fixtures)
    assert contact.wa_id in numbers
    assert fixtures.ids_with(wa_id(str(contact.wa_id))) == [1]
    assert_settled(fixtures)


def test_a_number_that_changes_hands_is_always_somebodys(fixtures: Fixtures):
    """The new contact gets it before the old one loses it, so every lookup must find one."""
    fixtures.contact(1, wa_id="777")
    fixtures.contact(2)
    done = Event()

    def hand_over() -> None:
        for giver, taker in [(1, 2), (2, 1)] * 8:
            change(fixtures, taker, wa_id="777")
            change(fixtures, giver, wa_id=None)
        done.set()

    def look() -> list[list[Contact]]:
        seen = []
        while not done.is_set():
            seen.append(fixtures.contacts.find_by_identifier("acme", wa_id("777")).contacts)
        return seen

    _, *looks = all_at_once([hand_over, look, look])
    found = [contacts for seen in looks for contacts in seen]
    assert found
    assert all(contacts for contacts in found)
    assert all(contact.wa_id == "777" for contacts in found for contact in contacts)
    assert_settled(fixtures)


def test_an_item_whose_contact_has_lost_the_identifier_finds_nobody(fixtures: Fixtures):
    """No write leaves such an item, but a table that was restored by hand can have it."""
    fixtures.contact(1, wa_id="1")
    fixtures.contact(2, wa_id="2")
    fixtures.table.write([put(identifier_item("acme", wa_id("2"), 1))])
    found = fixtures.contacts.find_by_identifier("acme", wa_id("2"))
    assert [each.contact_id for each in found.contacts] == [2]
    fixtures.contacts.delete("acme", found.contacts[0])
    found = fixtures.contacts.find_by_identifier("acme", wa_id("2"))
    assert (found.contacts, found.claimed_by) == ([], None)


def test_a_change_is_seen_by_the_next_lookup(fixtures: Fixtures):
    fixtures.contact(1, wa_id="1000")
    for number in range(1001, 1021):
        change(fixtures, 1, wa_id=str(number))
        assert fixtures.ids_with(wa_id(str(number))) == [1]
        assert fixtures.ids_with(wa_id(str(number - 1))) == []


class TestDeletion:
    """A deleted contact releases its phone number, and no item of it is left."""

    def test_a_number_is_free_for_the_next_contact(self, fixtures: Fixtures):
        fixtures.contact(1, wa_id="777", email="john@example.com")
        set_value(fixtures, 1)
        delete(fixtures, 1)
        assert fixtures.ids_with(wa_id("777")) == []
        assert update({"waId": "777"}).status == 404
        fixtures.contact(2, wa_id="777", first_name="Jo")
        set_value(fixtures, 2)
        found = update({"waId": "777"}).document["data"]
        assert (found["id"], found["firstName"], found["metadata"]) == (2, "Jo", {"plan": "2"})
        assert_settled(fixtures)
        assert not left_of(fixtures, 1)

    def test_a_number_that_goes_to_the_next_contact_is_always_somebodys(self, fixtures: Fixtures):
        fixtures.contact(1, wa_id="777")
        done = Event()

        def renew() -> None:
            for contact_id in range(2, 12):
                fixtures.contact(contact_id, wa_id="777")
                delete(fixtures, contact_id - 1)
            done.set()

        def look() -> list[list[int]]:
            seen = []
            while not done.is_set():
                seen.append(fixtures.ids_with(wa_id("777")))
            return seen

        _, *looks = all_at_once([renew, look, look])
        found = [tuple(ids) for seen in looks for ids in seen]
        assert found
        assert set(found) <= {(i,) for i in range(1, 12)} | {(i, i + 1) for i in range(1, 12)}
        assert_settled(fixtures)

    def test_deleted_while_its_number_changes_it_leaves_neither_number(self, fixtures: Fixtures):
        for contact_id in range(1, 9):
            fixtures.contact(contact_id, wa_id=f"100{contact_id}")
            answers = all_at_once(
                [
                    lambda contact_id=contact_id: delete(fixtures, contact_id),
                    lambda contact_id=contact_id: (
                        update(
                            {"id": contact_id, "phoneNumber": "2125550100", "metadata": {"a": 1}}
                        ).status
                    ),
                ]
            )
            assert answers[1] in (200, 404)
            assert not left_of(fixtures, contact_id)
            assert_settled(fixtures)
        assert contacts_of(fixtures) == []


class TestUpserts:
    """Concurrent upserts of a new number create one contact."""

    SPELLINGS = ("12125550100", "+12125550100", "+1 (212) 555-0100")

    def test_of_messages_to_one_number_one_is_taken(self, fixtures: Fixtures):
        def send(place: int) -> Answer:
            document = {"phoneNumber": self.SPELLINGS[place % 3], "metadata": {f"m{place}": place}}
            return Api(SETTER_KEY).call(
                "POST", f"/api/v1/bot-integrations/{place}/messages/send", document
            )

        answers = all_at_once([lambda place=place: send(place) for place in range(8)])
        assert sorted(answer.status for answer in answers) == [201] + [429] * 7
        (contact,) = contacts_of(fixtures)
        (processed,) = [place for place, answer in enumerate(answers) if answer.status == 201]
        stored = fixtures.variables.list("acme", Subject.contact(contact.contact_id))
        assert {each.name: each.value for each in stored} == {f"m{processed}": processed}
        assert_settled(fixtures)

    def test_it_is_one_also_when_two_teams_each_have_a_contact_of_the_number(
        self, fixtures: Fixtures
    ):
        for team in (1, 2):
            fixtures.key(f"setter_team_{team}", permissions=(), teams=frozenset({team}))
        for place in range(5):
            number = f"1212555010{place}"
            for team in (1, 2):
                fixtures.contact(10 * team + place, wa_id=number, team=team)
            answers = all_at_once(
                [
                    lambda team=team, number=number: Api(f"setter_team_{team}").call(
                        "POST",
                        "/api/v1/bot-integrations/1/messages/send",
                        {"phoneNumber": number, "firstName": "Jo"},
                    )
                    for team in (1, 2)
                ]
            )
            assert sorted(answer.status for answer in answers) == [201, 429]
        assert [each.first_name for each in contacts_of(fixtures)].count("Jo") == 5

    def test_messages_to_several_numbers_do_not_hold_each_other(self, fixtures: Fixtures):
        def send(place: int) -> Answer:
            document = {"phoneNumber": f"1212555010{place}", "metadata": {"same": place}}
            return Api(SETTER_KEY).call(
                "POST", "/api/v1/bot-integrations/1/messages/send", document
            )

        answers = all_at_once([lambda place=place: send(place) for place in range(6)])
        assert [answer.status for answer in answers] == [201] * 6
        assert len(contacts_of(fixtures)) == 6
        assert_settled(fixtures)

    def test_whoever_shares_an_identifier_with_others_gets_the_same_contact(
        self, fixtures: Fixtures
    ):
        phone = Identifier(IdentifierKind.PHONE, "+12125550100")
        sms = Identifier(IdentifierKind.SMS, "12125550100")
        asked = [
            (wa_id("12125550100"), sms, phone),
            (phone,),
            (phone, wa_id("12125550100")),
        ]
        made = all_at_once([lambda by=by: upsert(fixtures, by) for by in asked * 2])
        (contact,) = contacts_of(fixtures)
        assert {each.contact_id for each, _ in made} == {contact.contact_id}
        assert [created for _, created in made].count(True) == 1
        assert contact.version == len(made)
        assert contact.company == "x" * (len(made) - 1)
        assert_settled(fixtures)

    def test_a_number_whose_contact_is_deleted_meanwhile_gets_one_contact(self, fixtures: Fixtures):
        phone = Identifier(IdentifierKind.PHONE, "+12125550100")
        for _ in range(5):
            (before, _), *_ = [upsert(fixtures, (phone,))]
            all_at_once(
                [
                    lambda contact_id=before.contact_id: delete(fixtures, contact_id),
                    lambda: upsert(fixtures, (phone,)),
                    lambda: upsert(fixtures, (phone,)),
                ]
            )
            assert len(fixtures.ids_with(phone)) <= 1
            assert not left_of(fixtures, before.contact_id)
            assert_settled(fixtures)


def upsert(fixtures: Fixtures, by: tuple[Identifier, ...]) -> tuple[Contact, bool]:
    draft = ContactDraft(
        wa_id="12125550100",
        sms_phone_number="12125550100",
        phone_numbers=(PhoneNumber(1, "+12125550100"),),
    )
    wanted = ContactUpsert(by[0], draft, _marked, otherwise=by[1:])
    return upsert_contact(fixtures.contacts, fixtures.definitions, CALLER, wanted, {}, SetRules())


def _marked(contact: Contact) -> Contact:
    return replace(contact, company=f"{contact.company}x")


def delete(fixtures: Fixtures, contact_id: int) -> None:
    delete_contact(fixtures.contacts, CALLER, contact_id)


def set_value(fixtures: Fixtures, contact_id: int) -> None:
    path = f"/api/v1/contacts/{contact_id}/context"
    document = {"variables": {"plan": str(contact_id)}, "auto_create_variables": True}
    assert Api(KLEN_KEY).call("POST", path, document).status == 200


def left_of(fixtures: Fixtures, contact_id: int) -> list[str]:
    """Return the keys of the items in the partitions of a contact."""
    partition = keys.subject("acme", Subject.contact(contact_id)).pk
    return [item["sk"]["S"] for item in fixtures.items() if item["pk"]["S"].startswith(partition)]
