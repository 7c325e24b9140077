"""Lists by creation in a large account whose ids are not quite in order of time.

A function takes the time of creation before the id, so that a contact of a longer request, or of
an import, has a higher id than one that was created later.
"""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.contacts import Contact
from shared.services.contacts import newest_contacts
from shared.table.index_updates import IndexUpdates
from tests.api import Api
from tests.chatbot import Chatbot
from tests.fixtures import LONG_AGO, Fixtures, Items, new_table

FIRST, NUMBER = 2100, 60
LONGEST = 100
"""The most seconds between a time of creation and its id."""

TIMES = range(0, NUMBER * 10, 45)
VAMBE, BOT = "vambe_order", "CCSB-order"
TIME_LISTS = "shared.services.contacts.time_lists"


@pytest.fixture(scope="module")
def stored(engine_client: Any) -> tuple[Items, list[Contact]]:
    """The items of contacts, of their index and of the keys, and the contacts."""
    draw = random.Random(48)
    with new_table(engine_client, "contact-context-of-orders", has_stream=False) as fixtures:
        fixtures.account("acme", chatbots=("bot_1",))
        fixtures.key(VAMBE, permissions=())
        fixtures.key(BOT, permissions=("*",), resource="chatbots/bot_1")
        contacts = []
        for number in range(NUMBER):
            taken = number * 10 - draw.choice((0, 0, draw.randrange(LONGEST)))
            at = LONG_AGO + timedelta(seconds=taken)
            contacts.append(fixtures.contact(FIRST + number, created_at=at, updated_at=at))
        list(IndexUpdates(fixtures.table).rebuild("acme"))
        return fixtures.items(), contacts


@pytest.fixture
def contacts(fixtures: Fixtures, stored: tuple[Items, list[Contact]]) -> list[Contact]:
    items, contacts = stored
    fixtures.put_back(items)
    return contacts


def listed(at: datetime, **query: str) -> list[int]:
    sent = {"created_after": at.isoformat(), **query}
    found = Api(VAMBE).call("GET", "/api/public/contacts", query=sent).document
    return [int(each["id"][-12:]) for each in found]


def test_a_list_by_creation_misses_nothing_and_is_in_order_of_time(contacts: list[Contact]):
    in_order = sorted(contacts, key=lambda each: (each.created_at, each.contact_id))
    for seconds in TIMES:
        at = LONG_AGO + timedelta(seconds=seconds)
        expected = [each.contact_id for each in in_order if each.created_at > at]
        assert listed(at) == expected
        assert listed(at, limit="7", offset="3") == expected[3:10]


@pytest.mark.parametrize("ids_at_once", [NUMBER, 2])
def test_a_longer_list_by_creation_misses_nothing_and_has_full_pages(
    ids_at_once: int, contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(f"{TIME_LISTS}.MOST_SORTED", 5)
    monkeypatch.setattr(f"{TIME_LISTS}._IDS_AT_ONCE", ids_at_once)
    ids = [each.contact_id for each in contacts]
    for seconds in TIMES[::3]:
        at = LONG_AGO + timedelta(seconds=seconds)
        expected = [each.contact_id for each in contacts if each.created_at > at]
        pages = [listed(at, limit="10", offset=str(start)) for start in range(0, NUMBER, 10)]
        found = [each for page in pages for each in page]
        assert found == ids[NUMBER - len(found) :]
        # It starts a little before the first match if that is not among the ids looked at.
        assert ids_at_once == 2 or found[:1] == expected[:1]
        assert set(expected) <= set(found)
        lengths = [len(page) for page in pages]
        assert lengths == [min(10, max(0, len(found) - start)) for start in range(0, NUMBER, 10)]


def test_a_longer_list_by_creation_starts_after_the_ids_that_do_not_match(
    contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(f"{TIME_LISTS}.MOST_SORTED", 5)
    assert listed(contacts[-1].created_at + timedelta(seconds=LONGEST)) == []


@pytest.mark.parametrize(
    ("most", "offset", "said"),
    [(NUMBER, 0, None), (NUMBER - 1, 0, "59"), (NUMBER - 1, 1, None), (7, 9, "7")],
)
def test_a_list_by_creation_says_when_it_ends_before_the_newest(
    most: int,
    offset: int,
    said: str | None,
    contacts: list[Contact],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(f"{TIME_LISTS}.MOST_SORTED", 5)
    monkeypatch.setattr(f"{TIME_LISTS}.MOST_AT_ONCE", most)
    query = {"created_after": (LONG_AGO - timedelta(hours=1)).isoformat(), "offset": str(offset)}
    answer = Api(VAMBE).call("GET", "/api/public/contacts", query=query)
    assert len(answer.document) == min(most, NUMBER - offset)
    assert answer.headers.get("limited-to-oldest") == said
    limited = Api(VAMBE).call("GET", "/api/public/contacts", query={**query, "limit": "7"})
    assert "limited-to-oldest" not in limited.headers


def test_a_date_of_a_list_from_the_newest_misses_nothing(contacts: list[Contact]):
    for seconds in TIMES:
        at = LONG_AGO + timedelta(seconds=seconds)
        expected = [each.contact_id for each in contacts[::-1] if each.created_at < at]
        query = {"pageToken": at.isoformat()}
        found = Chatbot({}, BOT).ok("GET", "/contacts", query=query)["contacts"]
        assert [each["id"] for each in found] == [f"external{each}" for each in expected]


def pages(bot: Chatbot, at: datetime, limit: str) -> list[str]:
    """Return the ids of every page of a list from a date on."""
    query = {"pageToken": at.isoformat(), "limit": limit}
    shown: list[str] = []
    while query["pageToken"]:
        page = bot.ok("GET", "/contacts", query=query)
        shown += [each["id"] for each in page["contacts"]]
        query["pageToken"] = page.get("nextPageToken", "")
    return shown


@pytest.mark.parametrize("limit", ["1", "4"])
def test_every_page_of_a_list_from_a_date_on_has_contacts_created_before_it(
    limit: str, contacts: list[Contact]
):
    bot = Chatbot({}, BOT)
    for seconds in (90, 225, 405):
        at = LONG_AGO + timedelta(seconds=seconds, microseconds=1)
        expected = [each.contact_id for each in contacts[::-1] if each.created_at < at]
        assert pages(bot, at, limit) == [f"external{each}" for each in expected]


@pytest.mark.parametrize("most_pages", [1, 3, NUMBER])
def test_a_list_from_a_date_on_is_complete_however_much_is_read_to_find_its_start(
    most_pages: int, contacts: list[Contact], monkeypatch: pytest.MonkeyPatch
):
    """The search of the start ends at an older contact, or after the most pages."""
    monkeypatch.setattr(newest_contacts, "_PER_PAGE", 1)
    monkeypatch.setattr(newest_contacts, "_MOST_PAGES", most_pages)
    bot = Chatbot({}, BOT)
    for seconds in (90, 225, 405):
        at = LONG_AGO + timedelta(seconds=seconds, microseconds=1)
        expected = [each.contact_id for each in contacts[::-1] if each.created_at < at]
        assert pages(bot, at, "4") == [f"external{each}" for each in expected]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59-23:59"])
def test_a_list_from_the_last_time_on_has_every_contact(at: str, contacts: list[Contact]):
    bot = Chatbot({}, BOT)
    first = bot.ok("GET", "/contacts", query={"pageToken": at, "limit": "50"})
    assert datetime.fromisoformat(first["nextPageToken"])
    rest = bot.ok("GET", "/contacts", query={"pageToken": first["nextPageToken"]})
    assert len(first["contacts"]) + len(rest["contacts"]) == NUMBER


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_the_first_and_the_last_time_are_times(at: str, contacts: list[Contact]):
    before = at.startswith("9")
    found = Api(VAMBE).call("GET", "/api/public/contacts", query={"created_after": at})
    assert (found.status, len(found.document)) == (200, 0 if before else NUMBER)
    listing = Chatbot({}, BOT).ok("GET", "/contacts", query={"pageToken": at})
    assert len(listing["contacts"]) == (NUMBER if before else 0)
