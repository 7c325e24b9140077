"""GET .../contacts, as ChatCaptain documents it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.domain.accounts import Attribution
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def contact_at(fixtures: Fixtures, contact_id: int, *moment: int, **facts) -> None:
    made = fixtures.contact(contact_id, **facts)
    fixtures.contacts.replace(
        "acme",
        made,
        replace(made, created_at=datetime(*moment, tzinfo=UTC), version=2),
        Attribution(made.updated_at),
    )


def ids(bot: Chatbot, **query: str) -> list[str]:
    return [each["id"] for each in bot.ok("GET", "/contacts", query=query)["contacts"]]


def test_it_lists_contacts_newest_first(bot: Chatbot, fixtures: Fixtures):
    contact_at(fixtures, 7, 2025, 9, 29, email="jo@example.com")
    contact_at(fixtures, 8, 2023, 9, 29)
    listed = bot.ok("GET", "/contacts")
    assert [each["id"] for each in listed["contacts"]] == ["external7", JOHN, "external8"]
    assert listed.keys() == {"contacts"}
    assert listed["contacts"][0] == {
        "id": "external7",
        "name": "John Smith",
        "email": "jo@example.com",
        "organizationIds": [],
        "created": "2025-09-29T00:00:00.000Z",
        "updated": "2024-01-01T10:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("token", "listed"),
    [
        ("2025-09-29T07:08:00Z", ["external8", "external7"]),
        ("2025-09-29T07:08:00.000Z", ["external8", "external7"]),
        ("2025-09-29T07:08:00.001Z", ["external9", "external8", "external7"]),
        ("2025-09-29T09:08:00+02:00", ["external8", "external7"]),
        ("2025-09-29T07:08:00", ["external8", "external7"]),
        ("2025-09-29", ["external8", "external7"]),
        ("2025-01-01", []),
        ("0001-01-01T00:00:00+23:59", []),
        ("9999-12-31T23:59:59-23:59", ["external9", "external8", "external7"]),
        ("", ["external9", "external8", "external7"]),
    ],
)
def test_only_contacts_created_before_the_page_token(
    token, listed, bot: Chatbot, fixtures: Fixtures
):
    bot.ok("DELETE", f"/contacts/{JOHN}")
    contact_at(fixtures, 7, 2025, 9, 1)
    contact_at(fixtures, 8, 2025, 9, 2)
    contact_at(fixtures, 9, 2025, 9, 29, 7, 8)
    assert ids(bot, pageToken=token) == listed


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 250])
def test_no_contact_is_lost_between_pages_nor_shown_twice(
    limit: int, bot: Chatbot, fixtures: Fixtures
):
    """Though several were created at the same instant."""
    for contact_id in range(1, 6):
        fixtures.contact(contact_id)
    contact_at(fixtures, 6, 2025, 9, 1)
    seen: list[str] = []
    query = {"limit": str(limit)}
    while True:
        listed = bot.ok("GET", "/contacts", query=query)
        assert len(listed["contacts"]) <= limit
        seen += [each["id"] for each in listed["contacts"]]
        if "nextPageToken" not in listed:
            break
        assert datetime.fromisoformat(listed["nextPageToken"])
        query["pageToken"] = listed["nextPageToken"]
    assert seen == ["external6", JOHN, *(f"external{number}" for number in (5, 4, 3, 2, 1))]


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1.5", "", "9" * 400, "٢"])
def test_what_is_no_limit_is_none(limit: str, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7)
    assert len(ids(bot, limit=limit)) == 2


def test_no_more_than_250_are_listed_at_once(bot: Chatbot, fixtures: Fixtures):
    fixtures.crowd(range(1000, 1251))
    listed = bot.ok("GET", "/contacts", query={"limit": "300"})
    assert len(listed["contacts"]) == 250
    assert len(ids(bot, pageToken=listed["nextPageToken"])) == 2


@pytest.mark.parametrize(
    "token", ["yesterday", "2025-13-01", "2025-09-29T07:08:00 02:00", "1e999", "\x00", "9" * 400]
)
def test_a_page_token_that_is_no_date_is_told_in_band(token: str, bot: Chatbot):
    answer = bot.call("GET", "/contacts", query={"pageToken": token})
    assert answer.status == 200
    assert (answer.document["contacts"], "pageToken" in answer.document["error"]) == ([], True)


def test_what_the_key_cannot_see_is_not_listed(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, team=42)
    fixtures.contact(8, account="globex")
    assert ids(bot) == [JOHN]
