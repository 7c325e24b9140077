"""Bounded searches and lists cost at most what docs/operators.md says, computed from two sizes.

Each is sent at a part of its bound and at twice that part. What the second costs more is the cost
of a part, and the cost at the bound follows.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache, partial
from types import ModuleType

import pytest

from benchmarks.recorder import Recorder, recording
from shared.domain.accounts import Attribution
from shared.domain.contact_index import IndexedContact, indexed
from shared.domain.contacts import Contact, PhoneNumber
from shared.services.contacts import part_searches, time_lists
from shared.table import contact_index_items as items
from shared.table import keys
from shared.table.contact_items import contact_item, to_contact_summary
from shared.table.index_states import IndexStates
from shared.table.operations import Item
from tests.api import Answer, Api
from tests.chatbot import Chatbot
from tests.fixtures import LONG_AGO, Fixtures, Items, john_smith

PARTS = 48
"""The smaller size is this part of a bound."""

NUMBER = 800
WITH_WORDS = range(1, 301)
"""Contacts that are not among the newest at either size, and more than a search finds of them."""

APART = 4
"""So many ids apart, contacts are not read in order, which costs less."""

BY = Attribution(LONG_AGO)

BEFORE = (LONG_AGO - timedelta(days=1)).isoformat()

SEARCH_BOUNDS = ("MOST_SCANNED", "MOST_OLDER", "MOST_WORDS")

MOST_UNITS_OF_A_SEARCH = 900
MORE_OF_A_SECOND_PART = 50
MOST_UNITS_BY_CHANGE = 6000
MOST_UNITS_BY_FIELD = 600
MOST_UNITS_BY_CREATION = 600
UNITS_OF_VALUES = 1
"""Of the page of values of each contact that is shown in a list by a custom field."""


def numbered(number: int) -> Contact:
    """A contact with a text of its own in every field; half are another user's."""
    return john_smith(
        number * APART,
        last_name=f"Smith{number}",
        full_name=f"John Smith{number}",
        email=f"john.smith{number}@example.com",
        phone_numbers=(PhoneNumber(1, f"+1212555{number:04}"),),
        owner=None if number % 2 == 0 else "bob",
        created_at=LONG_AGO + timedelta(hours=number),
    )


@cache
def contacts_and_words() -> Items:
    """The contacts, and the words of some."""
    stored: Items = []
    for number in range(1, NUMBER + 1):
        item = contact_item("acme", numbered(number), BY)
        summary = to_contact_summary(item)
        stored.append(item)
        if number in WITH_WORDS:
            stored += word_items(summary.contact_id, indexed(summary))
    return stored


def word_items(contact_id: int, contact: IndexedContact) -> Iterator[Item]:
    for word in contact.words:
        yield items.word_item(keys.index_word("acme", word, contact_id), contact_id, contact)


@pytest.fixture
def recorder(engine_world: Fixtures) -> Iterator[Recorder]:
    """An account that is listed by its index."""
    engine_world.account("acme", chatbots=("bot_1",))
    engine_world.key("klen_shared")
    engine_world.key("vambe_shared", permissions=())
    engine_world.key("CCSB-shared", permissions=("*",), resource="chatbots/bot_1")
    engine_world.definition("level")
    states = IndexStates(engine_world.table)
    states.record_chunk("acme", None, 1)
    states.complete("acme", 0)
    engine_world.put_back(contacts_and_words())
    with recording(engine_world.client, engine_world.table_name) as recorder:
        yield recorder


def klen_search() -> Answer:
    return Api("klen_shared").call("GET", "/api/v1/contacts", query={"search": "smith"})


def chatcaptain_search() -> Answer:
    query = {"query": "smith", "page": "1", "pageSize": "9"}
    return Chatbot({}, "CCSB-shared").call("GET", "/contacts/search", query=query)


def vambe_search(**query: str) -> Answer:
    return Api("vambe_shared").call("GET", "/api/public/contacts/search", query=query)


def vambe_list(**query: str) -> Answer:
    return Api("vambe_shared").call("GET", "/api/public/contacts", query=query)


def at_the_bound(units_of: Callable[[int], float], parts: int = PARTS) -> float:
    """Return what a request costs at a bound, from its costs at a part of it and at two parts.

    Args:
        units_of: Returns the units at the bound divided by a number.
        parts: The number of parts.
    """
    of_one, of_two = units_of(parts), units_of(parts // 2)
    assert of_one < of_two
    return of_one + (of_two - of_one) * (parts - 1)


def limited(
    recorder: Recorder, send: Callable[[], Answer], module: ModuleType, *bounds: str
) -> Callable[[int], float]:
    """Return what counts the units of a request with bounds that are divided by a number."""

    def units_of(divisor: int) -> float:
        with pytest.MonkeyPatch.context() as patch:
            for name in bounds:
                patch.setattr(module, name, getattr(module, name) // divisor)
            recorder.requests.clear()
            answer = send()
        assert answer.status == 200
        assert "limited-to-newest" in answer.headers
        return read_units(recorder)

    return units_of


def read_units(recorder: Recorder) -> float:
    return sum(each.read_units for each in recorder.requests)


@pytest.mark.parametrize("send", [klen_search, chatcaptain_search])
def test_a_search_for_a_part_of_a_text(send: Callable[[], Answer], recorder: Recorder):
    units = at_the_bound(limited(recorder, send, part_searches, *SEARCH_BOUNDS))
    assert units <= MOST_UNITS_OF_A_SEARCH


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ({"email": "john.smith"}, 0),
        ({"email": "john.smith", "phone": "1212"}, MORE_OF_A_SECOND_PART),
    ],
)
def test_vambes_search(query: dict[str, str], more: int, recorder: Recorder):
    send = partial(vambe_search, **query)
    units = at_the_bound(limited(recorder, send, part_searches, *SEARCH_BOUNDS))
    assert units <= MOST_UNITS_OF_A_SEARCH + more


def test_vambes_list_by_change(recorder: Recorder):
    send = partial(vambe_list, updated_after=BEFORE)
    units = at_the_bound(limited(recorder, send, time_lists, "MOST_LISTED"), PARTS * 10)
    assert units <= MOST_UNITS_BY_CHANGE


def test_vambes_list_by_a_custom_field(recorder: Recorder):
    send = partial(
        vambe_list, updated_after=BEFORE, custom_field_key="level", custom_field_value="Gold"
    )
    units = at_the_bound(limited(recorder, send, time_lists, "MOST_WITH_FIELD"))
    visible = time_lists.MOST_WITH_FIELD / 2
    assert units <= MOST_UNITS_BY_FIELD + UNITS_OF_VALUES * visible


def test_vambes_list_by_creation(recorder: Recorder):
    def units_of(divisor: int) -> float:
        first = NUMBER - time_lists.MOST_SORTED // divisor
        since = (LONG_AGO + timedelta(hours=first)).isoformat()
        recorder.requests.clear()
        listed = vambe_list(created_after=since, limit="1000").document
        assert len(listed) == NUMBER // 2 - first // 2
        return read_units(recorder)

    assert at_the_bound(units_of) <= MOST_UNITS_BY_CREATION
