"""PUT .../conversations/{conversationId}/variables/{variableId}, as ChatCaptain documents it."""

import pytest

from shared.domain.contacts import Conversation
from tests.chatbot import JOHN, Chatbot, assert_invalid
from tests.fixtures import Fixtures


def put(bot: Chatbot, name: str, conversation_id: str = "conv_1", document=None, **facts):
    path = f"/conversations/{conversation_id}/variables/{bot.ids.get(name, name)}"
    return bot.call("PUT", path, document, **facts)


def test_the_documented_request_gets_the_documented_answer(bot: Chatbot):
    answer = put(bot, "topic", document={"value": "Custom Value"})
    assert answer.status == 200
    variable = answer.document["variable"]
    assert {**variable, "updated": ""} == {
        "id": bot.ids["topic"],
        "name": "topic",
        "type": "string",
        "value": "Custom Value",
        "updated": "",
    }
    path = f"/conversations/conv_1/variables/{bot.ids['topic']}"
    assert bot.ok("GET", path) == answer.document


@pytest.mark.parametrize("value", ["", "42", "yes", "x" * 9000, "ü\x00"])
def test_a_value_comes_back_as_it_was_sent(value: str, bot: Chatbot, fixtures: Fixtures):
    for name, kind in (("topic", None), ("count", "number"), ("done", "boolean")):
        if kind:
            bot.ids[name] = fixtures.definition(name, kind, "conversation").external_id
        assert put(bot, name, document={"value": value}).status == 200
        path = f"/conversations/conv_1/variables/{bot.ids[name]}"
        assert bot.ok("GET", path)["variable"]["value"] == value


def test_a_conversation_has_variables_of_its_own(bot: Chatbot, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_2", 123))
    put(bot, "topic", "conv_1", {"value": "Billing"})
    assert bot.ok("GET", "/conversations/conv_2/variables") == {"variables": []}
    assert bot.ok("GET", f"/contacts/variables/{JOHN}") == {"variables": []}


@pytest.mark.parametrize(
    ("name", "conversation_id", "body"),
    [
        ("topic", "conv_1", b""),
        ("topic", "conv_1", b"{"),
        ("topic", "conv_1", b"[]"),
        ("topic", "conv_1", b"{}"),
        ("topic", "conv_1", b'{"value": null}'),
        ("topic", "conv_1", b'{"value": 42}'),
        ("topic", "conv_1", b'{"value": ["a"]}'),
        ("unknown", "conv_1", b'{"value": "a"}'),
        ("x" * 3000, "conv_1", b'{"value": "a"}'),
        ("age", "conv_1", b'{"value": "a"}'),
        ("hours", "conv_1", b'{"value": "a"}'),
        ("topic", "unknown", b'{"value": "a"}'),
        ("topic", "%23", b'{"value": "a"}'),
        ("topic", "x" * 3000, b'{"value": "a"}'),
    ],
)
def test_400_invalid_input_data_and_nothing_changes(
    name, conversation_id, body, bot: Chatbot, fixtures: Fixtures
):
    before = fixtures.items()
    assert_invalid(put(bot, name, conversation_id, body=body))
    assert fixtures.items() == before


def test_a_conversation_of_others_is_unknown(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contacts.add_conversation("globex", Conversation("theirs", 7))
    fixtures.contact(8, team=42)
    fixtures.contacts.add_conversation("acme", Conversation("hidden", 8))
    for conversation_id in ("theirs", "hidden"):
        assert_invalid(put(bot, "topic", conversation_id, {"value": "a"}))
