"""PUT .../contacts/variables/{variableId}, as ChatCaptain documents it."""

import re

import pytest

from shared.domain.accounts import Attribution
from tests.api import Api
from tests.chatbot import JOHN, Chatbot, assert_invalid
from tests.fixtures import Fixtures


def put(bot: Chatbot, name: str, document=None, **facts):
    return bot.call("PUT", f"/contacts/variables/{bot.ids.get(name, name)}", document, **facts)


def test_the_documented_request_gets_the_documented_answer(bot: Chatbot):
    answer = put(bot, "customer_email", {"value": "Custom Value", "contactId": JOHN})
    assert answer.status == 200
    variable = answer.document["variable"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", variable.pop("updated"))
    assert answer.document == {
        "variable": {
            "id": bot.ids["customer_email"],
            "name": "customer_email",
            "type": "string",
            "value": "Custom Value",
        }
    }
    assert bot.ok("GET", f"/contacts/variables/{JOHN}/{bot.ids['customer_email']}")["variable"][
        "value"
    ] == ("Custom Value")


@pytest.mark.parametrize(
    ("name", "value", "kind", "elsewhere"),
    [
        ("age", "42", "number", 42),
        ("age", "-1.5", "number", -1.5),
        ("age", "4.20", "number", "4.20"),
        ("age", "0042", "number", "0042"),
        ("age", "forty-two", "number", "forty-two"),
        ("age", "", "number", ""),
        ("vip", "true", "boolean", True),
        ("vip", "yes", "boolean", "yes"),
        ("vip", "1", "boolean", "1"),
        ("birthday", "2023-12-01", "string", "2023-12-01"),
        ("birthday", "tomorrow", "string", "tomorrow"),
        ("tier", "Gold", "string", "Gold"),
        ("tier", "Tin", "string", "Tin"),
        ("customer_email", "ü𝕏\x00\n", "string", "ü𝕏\x00\n"),
        ("customer_email", "x" * 100_000, "string", "x" * 100_000),
    ],
)
def test_a_value_comes_back_as_it_was_sent(name, value, kind, elsewhere, bot: Chatbot, fixtures):
    """Values of any type are not checked; other APIs get valid ones in the form of their type."""
    put(bot, name, {"value": value, "contactId": JOHN})
    got = bot.ok("GET", f"/contacts/variables/{JOHN}/{bot.ids[name]}")["variable"]
    assert (got["value"], got["type"]) == (value, kind)
    fixtures.key()
    found = Api("klen_abcdef123456789").call("GET", "/api/v1/contacts/123").document
    assert found["custom_context"] == {name: elsewhere}


def test_the_answer_tells_what_a_get_tells(bot: Chatbot):
    responded = put(bot, "age", {"value": "42", "contactId": JOHN}).document
    assert bot.ok("GET", f"/contacts/variables/{JOHN}/{bot.ids['age']}") == responded


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("age", b""),
        ("age", b"{"),
        ("age", b"[]"),
        ("age", b'{"contactId": "external123"}'),
        ("age", b'{"value": "42"}'),
        ("age", b'{"value": "42", "contactId": null}'),
        ("age", b'{"value": "42", "contactId": 123}'),
        ("age", b'{"value": "42", "contactId": ""}'),
        ("age", b'{"value": "42", "contactId": "unknown"}'),
        ("age", b'{"value": "42", "contactId": "' + b"#" * 3000 + b'"}'),
        ("age", b'{"value": 42, "contactId": "external123"}'),
        ("age", b'{"value": true, "contactId": "external123"}'),
        ("age", b'{"value": null, "contactId": "external123"}'),
        ("age", b'{"value": {}, "contactId": "external123"}'),
        ("unknown", b'{"value": "42", "contactId": "external123"}'),
        ("x" * 3000, b'{"value": "42", "contactId": "external123"}'),
        ("topic", b'{"value": "42", "contactId": "external123"}'),
        ("hours", b'{"value": "42", "contactId": "external123"}'),
        ("external123", b'{"value": "42", "contactId": "external123"}'),
    ],
    ids=lambda part: part[:60] if isinstance(part, str) else part[:60].decode(),
)
def test_400_invalid_input_data_and_nothing_changes(name, body, bot: Chatbot, fixtures: Fixtures):
    before = fixtures.items()
    assert_invalid(put(bot, name, body=body))
    assert fixtures.items() == before


def test_another_accounts_contact_and_variable_are_unknown(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    theirs = fixtures.definition("age", "number", account="globex")
    assert_invalid(put(bot, "age", {"value": "1", "contactId": "external7"}))
    assert_invalid(put(bot, theirs.external_id, {"value": "1", "contactId": JOHN}))


def test_a_contact_or_variable_that_the_key_cannot_see_is_unknown(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(8, team=42)
    hidden = fixtures.definition("hidden", team=42)
    assert_invalid(put(bot, "age", {"value": "1", "contactId": "external8"}))
    assert_invalid(put(bot, hidden.external_id, {"value": "1", "contactId": JOHN}))


def test_two_contacts_of_one_id_are_refused(bot: Chatbot, fixtures: Fixtures):
    twin = world_contact_with_the_same_id(fixtures)
    fixtures.contacts.add("acme", twin, Attribution(twin.created_at))
    assert_invalid(put(bot, "age", {"value": "1", "contactId": "external7"}))


def world_contact_with_the_same_id(fixtures: Fixtures):
    from dataclasses import replace  # noqa: PLC0415

    return replace(fixtures.contact(7), contact_id=8)
