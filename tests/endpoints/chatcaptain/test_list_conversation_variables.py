"""GET .../conversations/{conversationId}/variables, as ChatCaptain documents it."""

import pytest

from tests.chatbot import Chatbot
from tests.fixtures import Fixtures


@pytest.mark.parametrize("category", ["custom", "entity", "app"])
def test_it_lists_custom_entity_and_app_variables(category: str, bot: Chatbot, fixtures: Fixtures):
    made = fixtures.definition("language", context_type="conversation", category=category)
    for variable_id in (bot.ids["topic"], made.external_id):
        bot.ok("PUT", f"/conversations/conv_1/variables/{variable_id}", {"value": "EN"})
    found = bot.ok("GET", "/conversations/conv_1/variables")["variables"]
    assert [(each["id"], each["value"]) for each in found] == [
        (bot.ids["topic"], "EN"),
        (made.external_id, "EN"),
    ]


def test_a_conversation_without_values_has_an_empty_list(bot: Chatbot):
    assert bot.ok("GET", "/conversations/conv_1/variables") == {"variables": []}


@pytest.mark.parametrize("conversation_id", ["unknown", "123", "%23", "x" * 3000])
def test_an_unknown_conversation_has_an_empty_list_and_an_error(conversation_id, bot: Chatbot):
    answer = bot.call("GET", f"/conversations/{conversation_id}/variables")
    assert answer.status == 200
    assert answer.document == {"variables": [], "error": "The conversation was not found."}
