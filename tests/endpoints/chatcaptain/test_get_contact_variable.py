"""GET .../contacts/variables/{contactId}/{variableId}, as ChatCaptain documents it."""

import pytest

from tests.api import Api
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import KEY, Fixtures


def get(bot: Chatbot, contact_id: str, name: str):
    return bot.call("GET", f"/contacts/variables/{contact_id}/{bot.ids.get(name, name)}")


def test_it_answers_the_variable(bot: Chatbot, fixtures: Fixtures):
    age = fixtures.definition("height", "number")
    fixtures.value(age, 1.8)
    answer = get(bot, JOHN, age.external_id)
    assert (answer.status, answer.document) == (
        200,
        {
            "variable": {
                "id": age.external_id,
                "name": "height",
                "type": "number",
                "value": "1.8",
                "updated": "2024-01-01T10:00:00.000Z",
            }
        },
    )


def test_what_another_api_wrote_is_read_as_text(bot: Chatbot, fixtures: Fixtures):
    fixtures.key()
    variables = {"variables": {"vip": True, "age": 42}}
    assert Api(KEY).call("POST", "/api/v1/contacts/123/context", variables).status == 200
    assert get(bot, JOHN, "vip").document["variable"]["value"] == "true"
    assert get(bot, JOHN, "age").document["variable"]["value"] == "42"


@pytest.mark.parametrize(
    ("contact_id", "name"),
    [
        ("unknown", "age"),
        ("123", "age"),
        ("%23", "age"),
        ("x" * 3000, "age"),
        (JOHN, "age"),
        (JOHN, "unknown"),
        (JOHN, "%23"),
        (JOHN, "x" * 3000),
        (JOHN, "topic"),
        (JOHN, "hours"),
    ],
)
def test_what_is_not_there_is_told_in_band(contact_id: str, name: str, bot: Chatbot):
    answer = get(bot, contact_id, name)
    assert (answer.status, answer.document.keys()) == (200, {"error"})
    assert answer.document["error"]
    assert "{" not in answer.document["error"]


def test_a_value_that_was_deleted_with_its_definition_has_no_id(bot: Chatbot):
    path = f"/contacts/variables/{bot.ids['age']}"
    bot.ok("PUT", path, {"value": "42", "contactId": JOHN})
    bot.ok("DELETE", f"/variables/{bot.ids['age']}")
    assert get(bot, JOHN, "age").document.keys() == {"error"}


def test_what_the_key_cannot_see_is_not_there(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    hidden = fixtures.definition("hidden", team=42)
    fixtures.value(hidden, "secret")
    for contact_id, name in [
        ("external7", "age"),
        ("external8", "age"),
        (JOHN, hidden.external_id),
    ]:
        assert get(bot, contact_id, name).document.keys() == {"error"}
