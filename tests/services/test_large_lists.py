"""Lists of a large account: correct at any page, for any caller and filter, within 30 units."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from benchmarks.capacity import item_size
from benchmarks.crowd import RARE, Crowd, index_items
from benchmarks.recorder import Recorder, recording
from shared.dialects.native.paging import Listed, encode_cursor
from shared.domain.accounts import Attribution, Caller
from shared.domain.contact_index import CONTACTS_PER_CHUNK, IndexChange, visible_lists
from shared.domain.contact_lists import ContactFilter
from shared.domain.contacts import PhoneNumber
from shared.table import keys
from shared.table.contact_index_items import CHUNKS_PER_NODE, CONTACTS_PER_ENTRY
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures, john_smith

pytestmark = pytest.mark.slow

SIZE = 20_000
MOST_UNITS = 30
MORE_UNITS_OF_FILTERS = 10
"""A filtered page of 50 reads 50 contacts, which are 25 units, and leaves of several chunks."""

MOST_BYTES_OF_A_CHUNK = 150
"""At a million contacts, which are 489 chunks, so many bytes of the nodes of all lists of a caller
cost nine of the 30 units of a page."""

WORDS_OF_A_CONTACT = 4
"""Two words of its name, an e-mail address and a phone number."""

WRITES_OF_A_BATCH = 3
"""A leaf, a node and the state."""

MOST_WRITES_ALONE, MOST_WRITES_IN_BULK = 9, 5

NATIVE_KEY = "native_large"
SEES_SHARED, SEES_SOME = "klen_shared", "klen_some"
CALLERS = {
    SEES_SHARED: Caller("acme", "", LONG_AGO),
    SEES_SOME: Caller("acme", "", LONG_AGO, user="ann", teams=(1, 2)),
}
FILTERS = [
    {},
    {"stage": "lead"},
    {"stage": RARE},
    {"status": "closed", "stage": "won"},
    {"tag": "vip"},
    {"tag": RARE},
    {"tag": "vip", "stage": "customer", "status": "active"},
    {"stage": "unknown"},
]


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return Crowd("acme", SIZE)


@pytest.fixture
def recorder(engine_world: Fixtures, crowd: Crowd) -> Iterator[Recorder]:
    engine_world.key(SEES_SHARED)
    engine_world.key(SEES_SOME, user="ann", teams=(1, 2))
    crowd.store(engine_world.client, engine_world.table_name)
    with recording(engine_world.client, engine_world.table_name) as recorder:
        yield recorder


def test_a_numbered_page_is_exact_and_costs_the_same_wherever_it_lies(
    crowd: Crowd, engine_world: Fixtures, recorder: Recorder
):
    highest = 0.0
    for key, caller in CALLERS.items():
        for query in FILTERS:
            wanted = ContactFilter(**query)
            truth = [
                each.contact_id
                for each in crowd.summaries()
                if caller.sees(each) and wanted.matches(each)
            ]
            last = max(-(-len(truth) // 25), 1)
            for page in sorted({1, last // 2 + 1, last, last + 1}):
                expected = truth[(page - 1) * 25 : page * 25]
                crowd.store_page(engine_world.client, engine_world.table_name, expected)
                recorder.requests.clear()
                answer = Api(key).call(
                    "GET", "/api/v1/contacts", query={**query, "page": str(page)}
                )
                shown = [each["id"] for each in answer.document["contacts"]]
                assert (answer.document["count"], shown) == (len(truth), expected)
                assert answer.headers["index-as-of"] == "2024-01-01T10:00:00.000Z"
                highest = max(highest, sum(each.read_units for each in recorder.requests))
    assert highest <= MOST_UNITS


@pytest.mark.parametrize("tag", [None, "vip"])
def test_the_nodes_of_a_page_are_small_enough_for_a_million_contacts(tag: str | None):
    full = Crowd("acme", CHUNKS_PER_NODE * CONTACTS_PER_CHUNK - 1)
    visible = visible_lists(CALLERS[SEES_SOME], tag)
    partitions = {
        keys.index_list_partition("acme", each) for each in (*visible.lists, *visible.overlaps)
    }
    nodes = [
        item
        for item in index_items("acme", full.summaries())
        if item["entity"]["S"] == "index_node" and item["pk"]["S"] in partitions
    ]
    assert sum(map(item_size, nodes)) / CHUNKS_PER_NODE <= MOST_BYTES_OF_A_CHUNK
    assert max(map(item_size, nodes)) <= 1024


def test_a_page_by_cursor_costs_the_same_wherever_it_lies(
    crowd: Crowd, engine_world: Fixtures, recorder: Recorder
):
    engine_world.key(NATIVE_KEY, permissions=("contacts:read",), user="ann", teams=(1, 2))
    caller = CALLERS[SEES_SOME]
    for query in ({"stage": "customer"}, {"stage": RARE}, {"tag": "vip", "status": "active"}):
        wanted = ContactFilter(**query)
        truth = [
            each.contact_id
            for each in reversed(crowd.summaries())
            if caller.sees(each) and wanted.matches(each)
        ]
        for start in (0, len(truth) // 2, len(truth) - 5):
            expected = truth[start : start + 50]
            crowd.store_page(engine_world.client, engine_world.table_name, expected)
            cursor = (
                {"cursor": encode_cursor(str(truth[start - 1]), Listed.CONTACTS)} if start else {}
            )
            recorder.requests.clear()
            page = Api(NATIVE_KEY).call("GET", "/v1/contacts", query={**query, **cursor}).document
            assert [each["id"] for each in page["data"]] == [f"contact_{each}" for each in expected]
            assert (page["next_cursor"] is None) == (start + 50 >= len(truth))
            units = sum(each.read_units for each in recorder.requests)
            assert units <= MOST_UNITS + MORE_UNITS_OF_FILTERS


def test_a_search_reads_no_more_than_its_page(
    crowd: Crowd, engine_world: Fixtures, recorder: Recorder
):
    engine_world.key(NATIVE_KEY, permissions=("contacts:read",), user="ann", teams=(1, 2))
    caller = CALLERS[SEES_SOME]
    some = range(1, 201)
    truth = [each for each in some if caller.sees(crowd.contact(each))]
    crowd.store_contacts(engine_world.client, engine_world.table_name, some)
    recorder.requests.clear()
    page = Api(NATIVE_KEY).call("GET", "/v1/contacts", query={"search": "JOH"}).document
    assert [each["id"] for each in page["data"]] == [f"contact_{each}" for each in truth[:50]]
    assert sum(each.read_units for each in recorder.requests) <= MOST_UNITS
    following = {"search": "JOH", "cursor": page["next_cursor"]}
    page = Api(NATIVE_KEY).call("GET", "/v1/contacts", query=following).document
    assert [each["id"] for each in page["data"]] == [f"contact_{each}" for each in truth[50:100]]


@pytest.mark.parametrize("number", [1, 40])
def test_the_index_of_a_new_contact_costs_few_writes(
    number: int, crowd: Crowd, engine_world: Fixtures, recorder: Recorder
):
    new = range(SIZE + 1, SIZE + 1 + number)
    by = Attribution(LONG_AGO)
    for contact_id in new:
        facts = {"email": "john@example.com", "phone_numbers": (PhoneNumber(1, "+1212555"),)}
        engine_world.contacts.add("acme", john_smith(contact_id, **facts), by)
    updates = IndexUpdates(wiring.table())
    recorder.requests.clear()
    updates.apply([IndexChange("acme", each, LONG_AGO + timedelta(seconds=1)) for each in new])
    units = sum(each.write_units for each in recorder.requests)
    entries = len({each // CONTACTS_PER_ENTRY for each in new})
    assert units <= WORDS_OF_A_CONTACT * number + entries + WRITES_OF_A_BATCH
    assert units / number <= (MOST_WRITES_ALONE if number == 1 else MOST_WRITES_IN_BULK)
    page = {"page": str(-(-(SIZE + number) // 100)), "limit": "100"}
    assert Api(SEES_SHARED).call("GET", "/api/v1/contacts", query=page).document["count"] == (
        sum(CALLERS[SEES_SHARED].sees(each) for each in crowd.summaries()) + number
    )
