"""GET .../contacts/search, as ChatCaptain documents it."""

import pytest

from shared.domain.contacts import PhoneNumber
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def search(bot: Chatbot, text: str, **query: str) -> dict:
    sent = {"query": text, "page": "1", "pageSize": "250", **query}
    return bot.ok("GET", "/contacts/search", query=sent)["results"]


def ids(results: dict) -> list[str]:
    return [hit["document"]["id"] for hit in results["hits"]]


@pytest.fixture
def filled(bot: Chatbot, fixtures: Fixtures) -> Chatbot:
    fixtures.contact(
        7,
        first_name="Jane",
        last_name="Doe",
        full_name="Jane Doe",
        email="Jane@Example.com",
        phone_numbers=(PhoneNumber(1, "+15550101"),),
    )
    return bot


def test_it_answers_the_contacts_that_are_found(filled: Chatbot):
    results = search(filled, "jane")
    assert results == {
        "facetCounts": [],
        "found": 1,
        "page": 1,
        "hits": [
            {
                "document": {
                    "id": "external7",
                    "name": "Jane Doe",
                    "email": "Jane@Example.com",
                    "phoneNumber": "+15550101",
                    "organizationIds": [],
                    "created": "2024-01-01T10:00:00.000Z",
                    "updated": "2024-01-01T10:00:00.000Z",
                }
            }
        ],
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("smith", [JOHN]),
        ("JANE D", ["external7"]),
        ("example.com", ["external7"]),
        ("555", ["external7"]),
        ("j", ["external7", JOHN]),
        ("", ["external7", JOHN]),
        ("nobody", []),
        ("external", []),
        ("\x00", []),
    ],
)
def test_it_looks_in_names_addresses_and_numbers(text: str, found: list[str], filled: Chatbot):
    results = search(filled, text)
    assert (ids(results), results["found"]) == (found, len(found))


def test_hits_come_in_pages(filled: Chatbot, fixtures: Fixtures):
    fixtures.contact(8)
    pages = [search(filled, "", page=str(page), pageSize="2") for page in (1, 2, 3)]
    assert [ids(page) for page in pages] == [["external7", "external8"], [JOHN], []]
    assert [(page["found"], page["page"]) for page in pages] == [(3, 1), (3, 2), (3, 3)]


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        (JOHN, ["external7"]),
        (f"{JOHN}, external7", []),
        ("unknown,,#", ["external7", JOHN]),
        ("x" * 3000, ["external7", JOHN]),
        ("", ["external7", JOHN]),
    ],
)
def test_hidden_hits_are_not_found(hidden: str, found: list[str], filled: Chatbot):
    results = search(filled, "", hiddenHits=hidden)
    assert (ids(results), results["found"]) == (found, len(found))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"page": "1", "pageSize": "1"}, "query"),
        ({"query": "a", "pageSize": "1"}, "page"),
        ({"query": "a", "page": "1"}, "pageSize"),
        ({"query": "a", "page": "0", "pageSize": "1"}, "page"),
        ({"query": "a", "page": "x", "pageSize": "1"}, "page"),
        ({"query": "a", "page": "-1", "pageSize": "1"}, "page"),
        ({"query": "a", "page": "9" * 400, "pageSize": "1"}, "page"),
        ({"query": "a", "page": "1", "pageSize": "0"}, "pageSize"),
        ({"query": "a", "page": "1", "pageSize": "251"}, "pageSize"),
        ({"query": "a", "page": "1", "pageSize": "٢"}, "pageSize"),
        (
            {
                "query": "a",
                "page": "1",
                "pageSize": "1",
                "hiddenHits": ",".join(map(str, range(101))),
            },
            "hiddenHits",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_search_that_is_not_valid_is_told_in_band(query: dict, named: str, bot: Chatbot):
    answer = bot.call("GET", "/contacts/search", query=query)
    assert (answer.status, answer.document.keys()) == (200, {"results", "error"})
    assert answer.document["results"] is None
    assert answer.document["error"].startswith(named)


def test_what_the_key_cannot_see_is_not_found(filled: Chatbot, fixtures: Fixtures):
    fixtures.contact(8, team=42)
    fixtures.contact(9, account="globex")
    assert ids(search(filled, "")) == ["external7", JOHN]
