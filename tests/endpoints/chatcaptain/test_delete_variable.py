"""DELETE .../variables/{variableId}, as ChatCaptain documents it."""

import pytest

from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def test_it_deletes_the_variable(bot: Chatbot):
    answer = bot.call("DELETE", f"/variables/{bot.ids['age']}")
    assert (answer.status, answer.document) == (200, {"deleted": True})
    listed = bot.ok("GET", "/variables")["variables"]
    assert "age" not in {each["name"] for each in listed}


def test_a_variable_made_again_under_its_name_finds_its_values(bot: Chatbot):
    variable_id = bot.ids["age"]
    bot.ok("PUT", f"/contacts/variables/{variable_id}", {"value": "42", "contactId": JOHN})
    bot.ok("DELETE", f"/variables/{variable_id}")
    again = {
        "category": "custom",
        "label": "Age",
        "type": "number",
        "name": "age",
        "subCategory": 1,
    }
    made = bot.ok("POST", "/variables", again)["variable"]
    assert made["id"] != variable_id
    found = bot.ok("GET", f"/contacts/variables/{JOHN}")["variables"]
    assert [(each["id"], each["value"]) for each in found] == [(made["id"], "42")]


@pytest.mark.parametrize(
    "name", ["unknown", "hours", "2", "provided", "hidden", "theirs", "%23", "x" * 3000]
)
def test_what_cannot_be_deleted_is_told_in_band(name: str, bot: Chatbot, fixtures: Fixtures):
    bot.ids["provided"] = fixtures.definition("provided", is_default=True).external_id
    bot.ids["hidden"] = fixtures.definition("hidden", team=42).external_id
    bot.ids["theirs"] = fixtures.definition("theirs", account="globex").external_id
    before = fixtures.items()
    answer = bot.call("DELETE", f"/variables/{bot.ids.get(name, name)}")
    assert (answer.status, answer.document.keys()) == (200, {"error"})
    assert fixtures.items() == before
