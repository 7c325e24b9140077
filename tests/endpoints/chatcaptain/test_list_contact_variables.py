"""GET .../contacts/variables/{contactId}, as ChatCaptain documents it."""

import pytest

from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def listed(bot: Chatbot, contact_id: str = JOHN) -> list[dict]:
    return bot.ok("GET", f"/contacts/variables/{contact_id}")["variables"]


def assign(bot: Chatbot, name: str, value: str) -> None:
    path = f"/contacts/variables/{bot.ids[name]}"
    bot.ok("PUT", path, {"value": value, "contactId": JOHN})


def test_a_contact_without_values_has_an_empty_list(bot: Chatbot):
    assert bot.ok("GET", f"/contacts/variables/{JOHN}") == {"variables": []}


def test_it_lists_what_has_a_value_and_no_defaults(bot: Chatbot, fixtures: Fixtures):
    fixtures.definition("with_default", default_value="of everybody")
    assign(bot, "vip", "yes")
    assign(bot, "customer_email", "john@example.com")
    found = listed(bot)
    assert [(each["name"], each["type"], each["value"]) for each in found] == [
        ("customer_email", "string", "john@example.com"),
        ("vip", "boolean", "yes"),
    ]
    assert [each["id"] for each in found] == [bot.ids["customer_email"], bot.ids["vip"]]
    assert all(
        each.keys() == {"id", "name", "type", "value", "updated"}
        and all(isinstance(member, str) for member in each.values())
        for each in found
    )


def test_a_renamed_variable_is_listed_under_its_new_name(bot: Chatbot):
    assign(bot, "age", "42")
    bot.ok("PATCH", f"/variables/{bot.ids['age']}", {"name": "years"})
    assert [(each["id"], each["name"], each["value"]) for each in listed(bot)] == [
        (bot.ids["age"], "years", "42")
    ]


def test_a_value_without_definition_is_not_listed(bot: Chatbot):
    assign(bot, "age", "42")
    assign(bot, "vip", "yes")
    bot.ok("DELETE", f"/variables/{bot.ids['age']}")
    assert [each["name"] for each in listed(bot)] == ["vip"]


def test_a_value_that_the_key_cannot_see_is_not_listed(bot: Chatbot, fixtures: Fixtures):
    fixtures.value(fixtures.definition("hidden", team=42), "secret")
    assert listed(bot) == []


@pytest.mark.parametrize("contact_id", ["unknown", "external7", "external8", "%23", "x" * 3000])
def test_an_unknown_contact_has_an_empty_list_and_an_error(
    contact_id, bot: Chatbot, fixtures: Fixtures
):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    answer = bot.call("GET", f"/contacts/variables/{contact_id}")
    assert answer.status == 200
    assert answer.document == {"variables": [], "error": "The contact was not found."}
