"""PATCH and PUT .../variables/{variableId}, as ChatCaptain documents the update."""

import pytest

from tests.chatbot import JOHN, Chatbot, assert_invalid
from tests.fixtures import Fixtures


def variable(bot: Chatbot, name: str) -> dict:
    listed = bot.ok("GET", "/variables")["variables"]
    return next(each for each in listed if each["id"] == bot.ids[name])


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_the_documented_request_changes_the_variable(method: str, bot: Chatbot):
    sent = {
        "defaultValue": "Updated Default",
        "label": "Updated Label",
        "name": "updated_variable_name",
    }
    before = variable(bot, "age")
    answer = bot.call(method, f"/variables/{bot.ids['age']}", sent)
    assert (answer.status, answer.document) == (200, {"variable": {**before, **sent}})
    assert variable(bot, "age") == {**before, **sent}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"label": "Years"}, {"label": "Years"}),
        ({"label": None, "name": None}, {}),
        ({"name": "age"}, {}),
        ({"defaultValue": ""}, {"defaultValue": ""}),
        ({"type": "string", "category": "app", "subCategory": 0, "id": "x"}, {}),
    ],
)
def test_only_what_is_sent_and_may_change_changes(sent: dict, changed: dict, bot: Chatbot):
    before = variable(bot, "age")
    bot.ok("PATCH", f"/variables/{bot.ids['age']}", sent)
    assert variable(bot, "age") == {**before, **changed}


def test_null_takes_the_default_away(bot: Chatbot):
    path = f"/variables/{bot.ids['age']}"
    bot.ok("PATCH", path, {"defaultValue": "7"})
    assert "defaultValue" not in bot.ok("PATCH", path, {"defaultValue": None})["variable"]


def test_values_follow_a_new_name(bot: Chatbot, fixtures: Fixtures):
    variable_id = bot.ids["age"]
    value_path = f"/contacts/variables/{JOHN}/{variable_id}"
    bot.ok("PUT", f"/contacts/variables/{variable_id}", {"value": "42", "contactId": JOHN})
    bot.ok("PATCH", f"/variables/{variable_id}", {"name": "years"})
    got = bot.ok("GET", value_path)["variable"]
    assert (got["id"], got["name"], got["value"]) == (variable_id, "years", "42")
    assert bot.ok("GET", f"/contacts/{JOHN}")["contact"]["variables"] == {"years": "42"}
    bot.ok("PUT", f"/contacts/variables/{variable_id}", {"value": "43", "contactId": JOHN})
    assert bot.ok("GET", value_path)["variable"]["value"] == "43"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"label": ""}',
        b'{"label": 7}',
        b'{"label": "' + b"x" * 201 + b'"}',
        b'{"name": ""}',
        b'{"name": "a b"}',
        b'{"name": "customer_email"}',
        b'{"defaultValue": 7}',
    ],
)
def test_400_invalid_input_data_and_nothing_changes(body: bytes, bot: Chatbot, fixtures: Fixtures):
    before = fixtures.items()
    assert_invalid(bot.call("PATCH", f"/variables/{bot.ids['age']}", body=body))
    assert fixtures.items() == before


@pytest.mark.parametrize("name", ["unknown", "hours", "2", "%23", "x" * 3000])
def test_400_for_an_unknown_variable(name: str, bot: Chatbot, fixtures: Fixtures):
    before = fixtures.items()
    assert_invalid(bot.call("PATCH", f"/variables/{bot.ids.get(name, name)}", {"label": "a"}))
    assert fixtures.items() == before


def test_400_for_what_the_system_provides_and_what_is_not_seen(bot: Chatbot, fixtures: Fixtures):
    provided = fixtures.definition("provided", is_default=True)
    hidden = fixtures.definition("hidden", team=42)
    theirs = fixtures.definition("theirs", account="globex")
    before = fixtures.items()
    for definition in (provided, hidden, theirs):
        assert_invalid(bot.call("PATCH", f"/variables/{definition.external_id}", {"label": "a"}))
    assert fixtures.items() == before


def test_403_for_what_is_anothers(bot: Chatbot, fixtures: Fixtures):
    teams = fixtures.definition("of_team", team=42)
    fixtures.key("CCSB-of-team-42", permissions=("*",), teams=frozenset({42}))
    answer = Chatbot(bot.ids, "CCSB-of-team-42").call(
        "PATCH", f"/variables/{teams.external_id}", {"label": "a"}
    )
    assert (answer.status, answer.document["error"]) == (403, "Forbidden")
