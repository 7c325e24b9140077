"""Lists and searches of the vendors' APIs in a large account: exact, or bounded as documented."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.accounts import Attribution, Caller
from shared.domain.contact_lists import ContactDetailFilter, ContactFilter, SummaryFilter
from shared.domain.contacts import Contact, PhoneNumber
from shared.domain.search_words import longest_word, words_of
from shared.table.contact_items import contact_item, to_contact_summary
from shared.table.index_states import IndexStates
from shared.table.index_updates import IndexUpdates
from shared.wiring import endpoints as wiring
from tests.api import Api
from tests.chatbot import Chatbot
from tests.fixtures import LONG_AGO, Fixtures, Items, john_smith, new_table

NUMBER = 48
BY = Attribution(LONG_AGO)
SCANNED = 15
PLACES = {"user": "ann", "teams": frozenset({1, 2})}
CALLERS: dict[str, dict[str, Any]] = {"shared": {}, "some": PLACES}
NAMES = ("John Smith", "Joanna Müller", "ANNA johnson", "Ann-Marie O'Neil", "Bo Li", "")
TEXTS = ("john", "OHN", "n s", "müller", "a.1", "+1212", "bo li")


@dataclass(frozen=True)
class Account:
    """Random contacts, and the expected lists of a caller."""

    fixtures: Fixtures
    contacts: list[Contact]

    def seen(self, facts: dict[str, Any], wanted: SummaryFilter) -> list[Any]:
        """Return the visible contacts that match, in order of id."""
        caller = Caller("acme", "", LONG_AGO, **facts)
        every = [to_contact_summary(contact_item("acme", each, BY)) for each in self.contacts]
        return [each for each in every if caller.sees(each) and wanted.matches(each)]

    def found(self, facts: dict[str, Any], wanted: Any, scanned: int | None) -> list[Any]:
        """Return the result of a search that scans `scanned` of the newest contacts."""
        newest = {each.contact_id for each in self.contacts[-(scanned or NUMBER) :]}
        words = [longest_word(part) for part in wanted.parts]
        return [
            each
            for each in self.seen(facts, wanted)
            if each.contact_id in newest
            or any(word and any(w.startswith(word) for w in words_of(each)) for word in words)
        ]


def drawn(number: int, draw: random.Random) -> Contact:
    name = draw.choice(NAMES)
    first, _, last = name.partition(" ")
    digits = "".join(draw.choices("0125", k=7))
    return john_smith(
        # Three chunks of the index, with gaps.
        number * 90,
        full_name=name,
        first_name=first,
        last_name=last,
        email=draw.choice((None, f"Anna.{number}@example.com")),
        phone_numbers=draw.choice(((), (PhoneNumber(1, f"+1212{digits}"),))),
        owner=draw.choice((None, None, "ann", "bob")),
        team=draw.choice((None, None, 1, 2, 3)),
        created_at=LONG_AGO + timedelta(hours=number // 2),
        updated_at=LONG_AGO + timedelta(hours=draw.randrange(200)),
        stage=draw.choice(("lead", "won")),
    )


@pytest.fixture(scope="module")
def stored(engine_client: Any) -> Items:
    """Return the items of the contacts, their index and the keys."""
    draw = random.Random(15)
    with new_table(engine_client, "contact-context-of-searches", has_stream=False) as fixtures:
        fixtures.account("acme", chatbots=("bot_1",))
        for name, facts in CALLERS.items():
            fixtures.key(f"klen_{name}", **facts)
            fixtures.key(f"vambe_{name}", permissions=(), **facts)
            fixtures.key(f"CCSB-{name}", permissions=("*",), resource="chatbots/bot_1", **facts)
        for number in range(1, NUMBER + 1):
            fixtures.contacts.add("acme", drawn(number, draw), BY)
        list(IndexUpdates(fixtures.table).rebuild("acme"))
        return fixtures.items()


@pytest.fixture
def account(fixtures: Fixtures, stored: Items) -> Account:
    fixtures.put_back(stored)
    draw = random.Random(15)
    return Account(fixtures, [drawn(number, draw) for number in range(1, NUMBER + 1)])


def numbers(documents: Any) -> list[int]:
    return [int(str(each["id"])[-12:].removeprefix("external")) for each in documents]


def ids(found: Any) -> list[int]:
    return [each.contact_id for each in found]


@pytest.mark.parametrize("scanned", [None, SCANNED])
@pytest.mark.parametrize("name", CALLERS)
def test_a_search_finds_what_the_contacts_say(
    name: str, scanned: int | None, account: Account, monkeypatch: pytest.MonkeyPatch
):
    if scanned:
        monkeypatch.setattr("shared.services.contacts.part_searches.MOST_SCANNED", scanned)
    facts = CALLERS[name]
    klen, vambe, bot = Api(f"klen_{name}"), Api(f"vambe_{name}"), Chatbot({}, f"CCSB-{name}")
    said = str(scanned) if scanned else None
    for text in TEXTS:
        for stage in ({}, {"stage": "won"}) if text == "john" else ({},):
            expected = account.found(facts, ContactFilter(search=text, **stage), scanned)
            answer = klen.call("GET", "/api/v1/contacts", query={"search": text, **stage})
            assert answer.document["count"] == len(expected)
            assert numbers(answer.document["contacts"]) == ids(expected)[:25]
            assert answer.headers.get("limited-to-newest") == said
        expected = account.found(facts, ContactFilter(mention=text), scanned)
        query = {"query": text, "page": "2", "pageSize": "5"}
        answer = bot.call("GET", "/contacts/search", query=query)
        results = answer.document["results"]
        assert results["found"] == len(expected)
        shown = [each["document"]["id"] for each in results["hits"]]
        assert shown == [f"external{each}" for each in ids(expected)[5:10]]
        assert answer.headers.get("limited-to-newest") == said
    for query in ({"phone": "12125"}, {"phone": "0"}, {"email": "anna."}, {"email": "EXAMPLE"}):
        wanted = ContactDetailFilter(digits=query.get("phone"), email=query.get("email"))
        expected = account.found(facts, wanted, scanned)
        latest = sorted(expected, key=lambda each: (each.updated_at, each.contact_id))[::-1]
        answer = vambe.call("GET", "/api/public/contacts/search", query=query)
        assert numbers(answer.document) == ids(latest)
        assert answer.headers.get("limited-to-newest") == said


def test_a_search_reads_every_contact_without_a_complete_index(
    account: Account, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.services.contacts.part_searches.MOST_SCANNED", SCANNED)
    IndexStates(wiring.table()).give_up("acme")
    answer = Api("klen_some").call("GET", "/api/v1/contacts", query={"search": "ohn"})
    assert answer.document["count"] == len(account.seen(PLACES, ContactFilter(search="ohn")))
    assert "limited-to-newest" not in answer.headers


def test_a_search_shows_no_contact_that_was_hidden_since_it_was_indexed(
    account: Account, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shared.services.contacts.part_searches.MOST_SCANNED", 1)
    found = account.found({}, ContactFilter(search="john"), 1)
    given = replace(account.contacts[ids(found)[0] // 90 - 1], owner="bob")
    item = contact_item("acme", given, BY)
    fixtures = account.fixtures
    fixtures.client.put_item(TableName=fixtures.table_name, Item=item)
    answer = Api("klen_shared").call("GET", "/api/v1/contacts", query={"search": "john"})
    assert numbers(answer.document["contacts"]) == ids(found)[1:26]
    assert answer.document["count"] == len(found) - 1


def test_words_that_are_passed_over_are_bounded(account: Account, monkeypatch: pytest.MonkeyPatch):
    searches = "shared.services.contacts.part_searches"
    monkeypatch.setattr(f"{searches}.MOST_SCANNED", 1)
    monkeypatch.setattr(f"{searches}.MOST_OLDER", 4)
    monkeypatch.setattr(f"{searches}.MOST_WORDS", 8)
    answer = Api("klen_some").call("GET", "/api/v1/contacts", query={"search": "example"})
    assert answer.document["count"] <= 1
    answer = Api("klen_some").call("GET", "/api/v1/contacts", query={"search": "anna."})
    assert 1 <= answer.document["count"] <= 5


@pytest.mark.parametrize("name", CALLERS)
def test_a_search_for_nothing_pages_through_all_contacts(name: str, account: Account):
    facts = CALLERS[name]
    everyone = ids(account.seen(facts, ContactFilter()))
    hidden = [everyone[0], everyone[4], everyone[5], everyone[-1], 90 * NUMBER * 2]
    left = [each for each in everyone if each not in hidden]
    bot = Chatbot({}, f"CCSB-{name}")
    for page in range(1, len(left) // 9 + 3):
        query = {"query": "", "page": str(page), "pageSize": "9"}
        query["hiddenHits"] = ",".join(f"external{each}" for each in hidden)
        results = bot.ok("GET", "/contacts/search", query=query)["results"]
        assert results["found"] == len(left)
        shown = [each["document"]["id"] for each in results["hits"]]
        assert shown == [f"external{each}" for each in left[(page - 1) * 9 : page * 9]]


def test_a_search_counts_no_fewer_than_none_if_hidden_contacts_are_new(account: Account):
    IndexStates(wiring.table()).record_chunk("globex", None, 1)
    IndexStates(wiring.table()).complete("globex", 0)
    account.fixtures.account("globex", chatbots=("bot_2",))
    account.fixtures.key("CCSB-new", "globex", ("*",), "chatbots/bot_2")
    account.fixtures.contact(2048, "globex")
    query = {"query": "", "page": "1", "pageSize": "9", "hiddenHits": "external2048"}
    bot = Chatbot({}, "CCSB-new", "bot_2")
    results = bot.ok("GET", "/contacts/search", query=query)["results"]
    assert (results["found"], results["hits"]) == (0, [])


@pytest.mark.parametrize("name", CALLERS)
def test_a_list_from_the_newest_has_every_contact_once(name: str, account: Account):
    facts = CALLERS[name]
    newest = account.seen(facts, ContactFilter())[::-1]
    bot, shown, query = Chatbot({}, f"CCSB-{name}"), [], {"limit": "7"}
    while True:
        page = bot.ok("GET", "/contacts", query=query)
        assert len(page["contacts"]) == 7 or "nextPageToken" not in page
        shown += page["contacts"]
        if "nextPageToken" not in page:
            break
        query["pageToken"] = page["nextPageToken"]
    assert [each["id"] for each in shown] == [f"external{each}" for each in ids(newest)]
    for hours in (0, 13, 31):
        at = LONG_AGO + timedelta(hours=hours)
        query = {"limit": "5", "pageToken": at.isoformat()}
        page = bot.ok("GET", "/contacts", query=query)["contacts"]
        expected = [each.contact_id for each in newest if each.created_at < at][:5]
        assert [each["id"] for each in page] == [f"external{each}" for each in expected]


@pytest.mark.parametrize("name", CALLERS)
def test_a_list_by_creation_has_every_contact_once(name: str, account: Account):
    facts = CALLERS[name]
    vambe, everyone = Api(f"vambe_{name}"), account.seen(facts, ContactFilter())

    def listed(at: datetime, **query: str) -> list[int]:
        sent = {"created_after": at.isoformat(), **query}
        return numbers(vambe.call("GET", "/api/public/contacts", query=sent).document)

    for hours in (-1, 7, 25):
        at = LONG_AGO + timedelta(hours=hours)
        expected = [each.contact_id for each in everyone if each.created_at > at]
        assert listed(at) == expected
        assert listed(at, limit="6", offset="3") == expected[3:9]


def test_a_list_by_change_reads_the_newest_contacts(
    account: Account, monkeypatch: pytest.MonkeyPatch
):
    vambe, everyone = Api("vambe_shared"), account.seen({}, ContactFilter())
    at = LONG_AGO + timedelta(hours=50)

    def changed(**query: str) -> Any:
        sent = {"updated_after": at.isoformat(), **query}
        return vambe.call("GET", "/api/public/contacts", query=sent)

    def expected(after: datetime = LONG_AGO, newest: int = 0) -> list[int]:
        found = [
            (each.updated_at, each.contact_id)
            for each in everyone
            if each.updated_at > at and each.created_at > after and each.contact_id > newest
        ]
        return [contact_id for _, contact_id in sorted(found)]

    first = LONG_AGO - timedelta(hours=1)
    assert numbers(changed().document) == expected(first)
    later = LONG_AGO + timedelta(hours=20)
    answer = changed(created_after=later.isoformat())
    assert numbers(answer.document) == expected(later)
    monkeypatch.setattr("shared.services.contacts.time_lists.MOST_LISTED", SCANNED)
    answer = changed()
    assert numbers(answer.document) == expected(first, 90 * (NUMBER - SCANNED))
    assert answer.headers["limited-to-newest"] == str(SCANNED)
    monkeypatch.setattr("shared.services.contacts.time_lists.MOST_WITH_FIELD", SCANNED - 1)
    answer = changed(custom_field_key="level", custom_field_value="Gold")
    assert answer.headers["limited-to-newest"] == str(SCANNED - 1)
