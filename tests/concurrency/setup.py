"""Create the data of every test: few contacts, variables and keys, so that requests conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.domain.contacts import PhoneNumber
from shared.domain.definitions import ContextType
from shared.table.keys import VALUES_PER_PAGE
from tests.concurrency import objects
from tests.fixtures import Fixtures

ACCOUNT = "acme"
CHATBOT = "bot_1"

FIRST_PAGE = ("plan", "city")
"""Variables whose values are on page 0, which is created with its contact."""

SECOND_PAGE = ("score", "badge")
"""Variables on a page that the first set of one of them creates."""

STEADY = (*FIRST_PAGE, *SECOND_PAGE)
"""Variables whose definitions never change."""

PAIR = ("alpha", "omega")
"""The names between which one variable is renamed. No other definition gets either name."""

PASSING = ("fresh", "brief")
"""Names that are defined and deleted again. At the start neither is defined."""

MOVING = (*PAIR, *PASSING)
"""All names whose definitions change."""

MASTER_KEY = "key_of_the_master"
OTHER_KEYS = tuple(f"key_to_revoke_{number}" for number in range(6))

PHONES = ("+56912345601", "+56912345602")
"""At the start, one contact has the first number and none has the second."""


class Person(NamedTuple):
    """A contact, with its ids in all APIs."""

    number: int
    external_id: str
    uuid: str


@dataclass(frozen=True, slots=True)
class Setup:
    """The contacts, and the external ids of the variables."""

    people: tuple[Person, ...]
    references: dict[str, str]

    def initial(self, name: str) -> Any:
        """Return the state of an object at the start, by its name."""
        return self._known().get(name, objects.UNBORN)

    def _known(self) -> dict[str, Any]:
        alpha = objects.Entry("alpha", external_id=self.references["alpha"])
        keys = dict.fromkeys(map(key_object, (MASTER_KEY, *OTHER_KEYS)), objects.ACTIVE)
        people = {contact_object(each.uuid): objects.having({}) for each in self.people}
        holders = (self.people[1].uuid, objects.NOBODY)
        phones = dict(zip(map(phone_object, PHONES), holders, strict=True))
        return {**keys, **people, **phones, CATALOG: frozenset({alpha})}


CATALOG = "the definitions"
"""The object of the definitions of all names in `MOVING`."""


def key_object(key: str) -> str:
    """Return the name of the object of a key."""
    return f"the key {key}"


def contact_object(uuid: str) -> str:
    """Return the name of the object of a contact."""
    return f"the contact {uuid}"


def phone_object(phone: str) -> str:
    """Return the name of the object of a phone number."""
    return f"the number {phone}"


def made_object(number: int) -> str:
    """Return the name of the object of the id of a created contact."""
    return f"the contact's number {number}"


def create_setup(fixtures: Fixtures) -> Setup:
    """Create the setup in a table."""
    fixtures.account(ACCOUNT, chatbots=(CHATBOT,))
    for key in (MASTER_KEY, *OTHER_KEYS):
        fixtures.key(key, permissions=("*",))
    steady = fixtures.contact(123)
    phone = PhoneNumber(1, PHONES[0], primary=True)
    doomed = fixtures.contact(124, phone_numbers=(phone,))
    made = [fixtures.definition(name) for name in (PAIR[0], *FIRST_PAGE)]
    fixtures.definitions.allocate_slots(ACCOUNT, ContextType.CONTACT, VALUES_PER_PAGE - len(made))
    made += [fixtures.definition(name) for name in SECOND_PAGE]
    people = tuple(
        Person(each.contact_id, str(each.external_id), str(each.uuid)) for each in (steady, doomed)
    )
    return Setup(people, {each.name: each.external_id for each in made})
