"""GET .../conversations/{conversationId}/variables/{variableId}, as ChatCaptain documents it."""

import pytest

from shared.domain.contacts import Conversation
from tests.chatbot import Chatbot
from tests.fixtures import Fixtures


def path(bot: Chatbot, name: str, conversation_id: str = "conv_1") -> str:
    return f"/conversations/{conversation_id}/variables/{bot.ids.get(name, name)}"


def test_it_answers_the_variable(bot: Chatbot):
    bot.ok("PUT", path(bot, "topic"), {"value": "Billing"})
    variable = bot.ok("GET", path(bot, "topic"))["variable"]
    assert {**variable, "updated": ""} == {
        "id": bot.ids["topic"],
        "name": "topic",
        "type": "string",
        "value": "Billing",
        "updated": "",
    }


@pytest.mark.parametrize(
    ("name", "conversation_id"),
    [
        ("topic", "conv_1"),
        ("unknown", "conv_1"),
        ("age", "conv_1"),
        ("topic", "unknown"),
        ("topic", "theirs"),
        ("topic", "hidden"),
        ("topic", "%23"),
        ("topic", "x" * 3000),
        ("x" * 3000, "conv_1"),
    ],
)
def test_what_is_not_there_is_told_in_band(name, conversation_id, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contacts.add_conversation("globex", Conversation("theirs", 7))
    fixtures.contact(8, team=42)
    fixtures.contacts.add_conversation("acme", Conversation("hidden", 8))
    answer = bot.call("GET", path(bot, name, conversation_id))
    assert (answer.status, answer.document.keys()) == (200, {"error"})
