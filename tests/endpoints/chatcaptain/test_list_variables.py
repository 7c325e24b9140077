"""GET .../variables, as ChatCaptain documents it."""

import pytest

from tests.chatbot import Chatbot
from tests.fixtures import Fixtures


def names(bot: Chatbot, **query: str) -> list[str]:
    return [each["name"] for each in bot.ok("GET", "/variables", query=query)["variables"]]


def test_it_lists_what_contacts_and_conversations_have(bot: Chatbot):
    found = bot.ok("GET", "/variables")["variables"]
    assert [(each["name"], each["type"], each["subCategory"]) for each in found] == [
        ("customer_email", "string", 1),
        ("age", "number", 1),
        ("vip", "boolean", 1),
        ("birthday", "string", 1),
        ("tier", "string", 1),
        ("topic", "string", 0),
    ]


def test_a_variable_is_shown_as_documented(bot: Chatbot, fixtures: Fixtures):
    made = fixtures.definition("score", "number", default_value="7", category="entity")
    assert bot.ok("GET", "/variables")["variables"][-1] == {
        "id": made.external_id,
        "name": "score",
        "defaultValue": "7",
        "category": "entity",
        "label": "Score",
        "type": "number",
        "subCategory": 1,
    }


@pytest.mark.parametrize(
    ("filters", "listed"),
    [
        ("0", ["own"]),
        ("1", ["of_app"]),
        ("2", ["of_entity"]),
        ("0,1", ["own", "of_app"]),
        ("2, 0", ["own", "of_entity"]),
        ("0,1,2", ["own", "of_app", "of_entity"]),
        ("0,0", ["own"]),
        ("", ["own", "of_app", "of_entity"]),
        ("3", []),
        ("0,3,x", ["own"]),
        ("custom", []),
        ("٠", []),
    ],
)
def test_filters_are_numbers_of_categories(filters, listed, bot: Chatbot, fixtures: Fixtures):
    for name in bot.ids:
        if name != "hours":
            bot.ok("DELETE", f"/variables/{bot.ids[name]}")
    fixtures.definition("own")
    fixtures.definition("of_app", category="app")
    fixtures.definition("of_entity", context_type="conversation", category="entity")
    assert names(bot, filters=filters) == listed


def test_what_the_key_cannot_see_is_not_listed(bot: Chatbot, fixtures: Fixtures):
    fixtures.definition("hidden", team=42)
    fixtures.definition("theirs", account="globex")
    assert not {"hidden", "theirs"} & {*names(bot)}
