"""POST .../variables, as ChatCaptain documents it."""

import json

import pytest

from tests.chatbot import JOHN, Chatbot, assert_invalid
from tests.fixtures import Fixtures

DOCUMENTED = {
    "category": "custom",
    "defaultValue": "Default Value",
    "label": "Customer Phone",
    "type": "string",
    "name": "customer_phone",
    "subCategory": 1,
}


def create(bot: Chatbot, **changes):
    return bot.call("POST", "/variables", {**DOCUMENTED, **changes})


def test_the_documented_request_creates_the_variable(bot: Chatbot):
    answer = create(bot)
    assert answer.status == 201
    variable = answer.document["variable"]
    assert answer.document == {"variable": {"id": variable["id"], **DOCUMENTED}}
    assert variable["id"]
    assert variable in bot.ok("GET", "/variables")["variables"]


@pytest.mark.parametrize("kind", ["string", "number", "boolean", "object"])
def test_every_documented_type_comes_back(kind: str, bot: Chatbot):
    structure = '{"firstName": "string", "lastName": "string"}'
    variable = create(bot, type=kind, structureJson=structure).document["variable"]
    assert variable["type"] == kind
    assert variable.get("structureJson") == (structure if kind == "object" else None)
    assert variable in bot.ok("GET", "/variables")["variables"]


def test_an_object_without_structure_stays_an_object(bot: Chatbot):
    variable = create(bot, type="object").document["variable"]
    assert (variable["type"], "structureJson" in variable) == ("object", False)
    assert variable in bot.ok("GET", "/variables")["variables"]


@pytest.mark.parametrize(
    ("sub_category", "path"),
    [
        (0, "/conversations/conv_1/variables/{}"),
        (1, "/contacts/variables/{}"),
        (1.0, "/contacts/variables/{}"),
    ],
)
def test_the_sub_category_says_what_it_is_about(sub_category: float, path: str, bot: Chatbot):
    variable = create(bot, subCategory=sub_category).document["variable"]
    assert variable["subCategory"] == sub_category
    bot.ok("PUT", path.format(variable["id"]), {"value": "a", "contactId": JOHN})


def test_without_a_sub_category_it_is_about_conversations(bot: Chatbot):
    document = {name: DOCUMENTED[name] for name in DOCUMENTED if name != "subCategory"}
    assert bot.ok("POST", "/variables", document)["variable"]["subCategory"] == 0


def test_without_a_default_there_is_none(bot: Chatbot):
    for default in ({}, {"defaultValue": None}):
        document = {**DOCUMENTED, "name": f"other{len(default)}"}
        del document["defaultValue"]
        assert (
            "defaultValue" not in bot.ok("POST", "/variables", {**document, **default})["variable"]
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "app"},
        {"category": "entity"},
        {"category": 0},
        {"category": None},
        {"label": ""},
        {"label": None},
        {"label": "x" * 201},
        {"label": 7},
        {"type": "date"},
        {"type": None},
        {"type": []},
        {"name": ""},
        {"name": "customer phone"},
        {"name": "a#b"},
        {"name": "x" * 101},
        {"name": None},
        {"name": "customer_email"},
        {"defaultValue": 7},
        {"defaultValue": "x" * 5001},
        {"type": "object", "structureJson": ""},
        {"type": "object", "structureJson": " "},
        {"type": "object", "structureJson": "{"},
        {"type": "object", "structureJson": {"a": "string"}},
        {"type": "object", "structureJson": json.dumps("x" * 5000)},
        {"type": "object", "structureJson": "[" * 4000},
        {"subCategory": 2},
        {"subCategory": -1},
        {"subCategory": "1"},
        {"subCategory": True},
        {"subCategory": 0.5},
        {"subCategory": None},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_400_invalid_input_data_and_nothing_changes(
    changes: dict, bot: Chatbot, fixtures: Fixtures
):
    before = fixtures.items()
    assert_invalid(create(bot, **changes))
    assert fixtures.items() == before


@pytest.mark.parametrize("missing", ["category", "label", "type", "name"])
def test_400_for_a_missing_field(missing: str, bot: Chatbot, fixtures: Fixtures):
    document = {name: DOCUMENTED[name] for name in DOCUMENTED if name != missing}
    before = fixtures.items()
    answer = bot.call("POST", "/variables", document)
    assert_invalid(answer)
    assert missing in answer.document["message"]
    assert fixtures.items() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b'{"a": 1e999}'])
def test_400_for_a_body_that_is_none(body: bytes, bot: Chatbot):
    assert_invalid(bot.call("POST", "/variables", body=body))


def test_one_name_can_be_of_a_contact_and_of_a_conversation(bot: Chatbot):
    assert create(bot, name="customer_email", subCategory=0).status == 201
    assert_invalid(create(bot, name="customer_email", subCategory=0))


def test_other_apis_see_it_as_its_type(bot: Chatbot, fixtures: Fixtures):
    variable_id = create(bot, type="number").document["variable"]["id"]
    made = fixtures.definitions.find_by_names("acme", "contact", ["customer_phone"])
    found = made["customer_phone"]
    assert (found.external_id, found.variable_type, found.display_name) == (
        variable_id,
        "number",
        "Customer Phone",
    )
