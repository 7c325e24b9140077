"""DELETE .../contacts/variables/{contactId}, as ChatCaptain documents it."""

import pytest

from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def test_it_removes_all_of_that_contact_and_of_no_other(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(124)
    for contact_id in (JOHN, "external124"):
        for name in ("age", "customer_email"):
            path = f"/contacts/variables/{bot.ids[name]}"
            bot.ok("PUT", path, {"value": "1", "contactId": contact_id})
    path = f"/conversations/conv_1/variables/{bot.ids['topic']}"
    bot.ok("PUT", path, {"value": "Billing"})
    answer = bot.call("DELETE", f"/contacts/variables/{JOHN}")
    assert (answer.status, answer.document) == (200, {"deleted": True})
    assert bot.ok("GET", f"/contacts/variables/{JOHN}") == {"variables": []}
    assert len(bot.ok("GET", "/contacts/variables/external124")["variables"]) == 2
    assert bot.ok("GET", path)["variable"]["value"] == "Billing"
    assert bot.ok("GET", f"/contacts/{JOHN}")["contact"]["name"] == "John Smith"


def test_a_contact_takes_values_again_afterwards(bot: Chatbot):
    path = f"/contacts/variables/{bot.ids['age']}"
    bot.ok("DELETE", f"/contacts/variables/{JOHN}")
    bot.ok("PUT", path, {"value": "42", "contactId": JOHN})
    bot.ok("DELETE", f"/contacts/variables/{JOHN}")
    bot.ok("PUT", path, {"value": "43", "contactId": JOHN})
    assert [
        each["value"] for each in bot.ok("GET", f"/contacts/variables/{JOHN}")["variables"]
    ] == ["43"]


def test_nothing_to_delete_is_deleted(bot: Chatbot):
    assert bot.ok("DELETE", f"/contacts/variables/{JOHN}") == {"deleted": True}


@pytest.mark.parametrize("contact_id", ["unknown", "external7", "external8", "%23"])
def test_an_unknown_contact_is_told_in_band(contact_id: str, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    before = fixtures.items()
    answer = bot.call("DELETE", f"/contacts/variables/{contact_id}")
    assert (answer.status, answer.document) == (200, {"error": "The contact was not found."})
    assert fixtures.items() == before
