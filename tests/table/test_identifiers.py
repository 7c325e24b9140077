"""Identifiers change hands: the items that lead to contacts always say what contacts say."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest

from shared.domain.model import Contact, Identifier, IdentifierKind, SetRules
from shared.services.contacts import update_contact
from shared.table import items, keys
from tests.api import Answer, Api
from tests.world import World

SETTER_KEY = "setter_0123456789"
KLEN_KEY = "klen_abcdef123456789"


@pytest.fixture
def world(engine_world: World) -> World:
    engine_world.key(KLEN_KEY)
    engine_world.key(SETTER_KEY, permissions=())
    return engine_world


def all_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Start every call at the same moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def said_by_contacts(world: World) -> set[keys.Key]:
    """The keys of the items that should lead to the contacts there are."""
    return {
        keys.identifier("acme", each, contact.contact_id)
        for contact in contacts_of(world)
        for each in contact.identifiers
    }


def kept(world: World) -> set[keys.Key]:
    """The keys of the items that do lead to contacts."""
    return {
        keys.Key(item["pk"]["S"], item["sk"]["S"])
        for item in world.items()
        if item["entity"]["S"] == "identifier"
    }


def contacts_of(world: World) -> list[Contact]:
    found = [item for item in world.items() if item["entity"]["S"] == "contact"]
    return [items.to_contact(item) for item in found]


def assert_settled(world: World) -> None:
    """No identifier is lost, and none is left."""
    assert kept(world) == said_by_contacts(world)


def wa_id(text: str) -> Identifier:
    return Identifier(IdentifierKind.WHATSAPP, text)


def change(world: World, contact_id: int, **fields: Any) -> None:
    """Give a contact fields as a use case does: over the version that was read, until it holds."""
    caller = world.caller(world.credentials.list("acme")[0])
    update_contact(
        world.contacts,
        world.definitions,
        caller,
        contact_id,
        lambda contact: replace(contact, **fields),
        {},
        SetRules(),
    )


def update(document: dict[str, Any]) -> Answer:
    return Api(SETTER_KEY).call("PUT", "/api/v1/contacts", document)


def test_two_writers_who_give_one_whatsapp_id_both_hold_it(world: World):
    for contact_id in (1, 2):
        world.contact(contact_id, wa_id=f"55500{contact_id}")
    all_at_once(
        [
            lambda contact_id=contact_id: change(world, contact_id, wa_id="777")
            for contact_id in (1, 2)
        ]
    )
    assert world.ids_with(wa_id("777")) == [1, 2]
    assert world.ids_with(wa_id("555001")) == world.ids_with(wa_id("555002")) == []
    assert update({"waId": "777", "firstName": "Jo"}).status == 409
    assert_settled(world)


def test_writers_of_one_contacts_identifiers_leave_only_the_last(world: World):
    world.contact(1, wa_id="1000")
    numbers = [f"200{i}" for i in range(6)]
    all_at_once([lambda number=number: change(world, 1, wa_id=number) for number in numbers])
    (contact,) = contacts_of(world)
    assert contact.wa_id in numbers
    assert world.ids_with(wa_id(str(contact.wa_id))) == [1]
    assert_settled(world)


def test_a_number_that_changes_hands_is_always_somebodys(world: World):
    """The next contact gets it before the one before loses it, so no lookup may find nobody."""
    world.contact(1, wa_id="777")
    world.contact(2)
    done = Event()

    def hand_over() -> None:
        for giver, taker in [(1, 2), (2, 1)] * 8:
            change(world, taker, wa_id="777")
            change(world, giver, wa_id=None)
        done.set()

    def look() -> list[list[Contact]]:
        seen = []
        while not done.is_set():
            seen.append(world.contacts.find_by_identifier("acme", wa_id("777")).contacts)
        return seen

    _, *looks = all_at_once([hand_over, look, look])
    found = [contacts for seen in looks for contacts in seen]
    assert found
    assert all(contacts for contacts in found)
    assert all(contact.wa_id == "777" for contacts in found for contact in contacts)
    assert_settled(world)


def test_a_change_is_seen_by_the_next_lookup(world: World):
    world.contact(1, wa_id="1000")
    for number in range(1001, 1021):
        change(world, 1, wa_id=str(number))
        assert world.ids_with(wa_id(str(number))) == [1]
        assert world.ids_with(wa_id(str(number - 1))) == []
