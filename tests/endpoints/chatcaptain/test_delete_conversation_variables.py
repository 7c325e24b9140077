"""DELETE .../conversations/{conversationId}/variables, as ChatCaptain documents it."""

import pytest

from shared.domain.contacts import Conversation
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def test_it_removes_all_of_that_conversation_and_nothing_else(bot: Chatbot, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_2", 123))
    for conversation_id in ("conv_1", "conv_2"):
        path = f"/conversations/{conversation_id}/variables/{bot.ids['topic']}"
        bot.ok("PUT", path, {"value": "Billing"})
    bot.ok("PUT", f"/contacts/variables/{bot.ids['age']}", {"value": "1", "contactId": JOHN})
    answer = bot.call("DELETE", "/conversations/conv_1/variables")
    assert (answer.status, answer.document) == (200, {"deleted": True})
    assert bot.ok("GET", "/conversations/conv_1/variables") == {"variables": []}
    assert len(bot.ok("GET", "/conversations/conv_2/variables")["variables"]) == 1
    assert len(bot.ok("GET", f"/contacts/variables/{JOHN}")["variables"]) == 1


@pytest.mark.parametrize("conversation_id", ["unknown", "theirs", "hidden", "%23", "x" * 3000])
def test_an_unknown_conversation_is_told_in_band(conversation_id, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contacts.add_conversation("globex", Conversation("theirs", 7))
    fixtures.contact(8, team=42)
    fixtures.contacts.add_conversation("acme", Conversation("hidden", 8))
    before = fixtures.items()
    answer = bot.call("DELETE", f"/conversations/{conversation_id}/variables")
    assert (answer.status, answer.document) == (200, {"error": "The conversation was not found."})
    assert fixtures.items() == before
