"""PATCH .../contacts/{contactId}, as ChatCaptain's clients send it."""

import pytest

from shared.domain.contacts import Identifier, IdentifierKind, PhoneNumber
from tests.api import Api
from tests.chatbot import JOHN, Chatbot, assert_invalid
from tests.fixtures import KEY, Fixtures

PATH = f"/contacts/{JOHN}"
DOCUMENTED = {
    "name": "Maximilian Example",
    "email": "maximilian.mustermann@example.com",
    "address": {
        "street": "Example Street",
        "country": "Germany",
        "zipcode": "12345",
        "houseNumber": "1a",
        "location": "Berlin",
    },
    "phoneNumber": "+4917612345678",
    "variables": {"customer_id": "12345"},
    "organizationIds": ["uq8BxZaJd2wZR9cxd1P"],
    "avatar": "https://example.com/avatar.png",
    "language": "EN",
}


def patch(bot: Chatbot, **fields):
    return bot.ok("PATCH", PATH, {"contact": fields})["contact"]


def test_the_clients_request_changes_the_contact(bot: Chatbot):
    answer = bot.call("PATCH", PATH, {"contact": DOCUMENTED})
    assert answer.status == 200
    contact = answer.document["contact"]
    assert {name: contact[name] for name in DOCUMENTED} == DOCUMENTED
    assert contact["id"] == JOHN
    assert contact["created"] == "2024-01-01T10:00:00.000Z" < contact["updated"]
    assert bot.ok("GET", PATH) == answer.document


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"name": "Jo"}, {"name": "Jo"}),
        ({"name": None}, {"name": None}),
        ({"name": "  Jo  Roe "}, {"name": "  Jo  Roe "}),
        ({"email": ""}, {"email": None}),
        ({"language": "DE"}, {"language": "DE"}),
        ({"phoneNumber": None}, {"phoneNumber": None}),
        ({"telegramId": "7"}, {"telegramId": "7"}),
        ({"instagramId": None}, {"instagramId": None}),
        ({"avatar": None}, {"avatar": None}),
        ({"address": {"houseNumber": "2"}}, {"address": {"street": "A", "houseNumber": "2"}}),
        ({"address": {"street": None}}, {"address": {"houseNumber": "1"}}),
        ({"address": {}}, {}),
        ({"address": None}, {"address": None}),
        ({"organizationIds": ["b", "a", "b"]}, {"organizationIds": ["b", "a"]}),
        ({"organizationIds": None}, {"organizationIds": []}),
        ({"variables": {}}, {}),
        ({"variables": None}, {}),
        ({"id": "x", "created": "y", "unknownField": 1}, {}),
    ],
    ids=str,
)
def test_only_what_is_sent_changes(sent: dict, changed: dict, bot: Chatbot):
    before = patch(
        bot,
        email="jo@example.com",
        phoneNumber="+15550100",
        instagramId="1",
        avatar="a",
        address={"street": "A", "houseNumber": "1"},
        organizationIds=["o"],
        variables={"age": "42"},
    )
    after = patch(bot, **sent)
    expected = {name: value for name, value in {**before, **changed}.items() if value is not None}
    assert {**after, "updated": ""} == {**expected, "updated": ""}


def test_variables_are_set_by_name_and_null_removes_one(bot: Chatbot):
    patch(bot, variables={"age": "42", "vip": "yes", "customer_id": "12345", "score": 7})
    sent = {"vip": None, "unknown": None, "deep": {"a": [1]}, "age": "forty"}
    assert patch(bot, variables=sent)["variables"] == {
        "age": "forty",
        "customer_id": "12345",
        "score": "7",
        "deep": '{"a":[1]}',
    }


def test_a_new_name_gets_a_definition_of_its_own(bot: Chatbot):
    patch(bot, variables={"customer_id": "12345"})
    found = bot.ok("GET", f"/contacts/variables/{JOHN}")["variables"]
    assert [(each["name"], each["type"], each["value"]) for each in found] == [
        ("customer_id", "string", "12345")
    ]
    (defined,) = [
        each for each in bot.ok("GET", "/variables")["variables"] if each["name"] == "customer_id"
    ]
    assert (defined["id"], defined["label"], defined["category"], defined["subCategory"]) == (
        found[0]["id"],
        "Customer Id",
        "custom",
        1,
    )


def test_identifiers_change_hands(bot: Chatbot, fixtures: Fixtures):
    old, new = (Identifier(IdentifierKind.WHATSAPP, number) for number in ("1", "2"))
    patch(bot, whatsappId="1")
    assert fixtures.ids_with(old) == [123]
    patch(bot, whatsappId="2")
    assert (fixtures.ids_with(old), fixtures.ids_with(new)) == ([], [123])


def test_a_new_phone_number_takes_the_place_of_the_primary_one(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(
        7,
        phone_numbers=(
            PhoneNumber(1, "+15550100", primary=True, do_not_call=True),
            PhoneNumber(2, "+15550101", "work"),
        ),
    )
    bot.ok("PATCH", "/contacts/external7", {"contact": {"phoneNumber": "+15550199"}})
    assert fixtures.contacts.find("acme", 7).phone_numbers == (
        PhoneNumber(1, "+15550199", primary=True),
        PhoneNumber(2, "+15550101", "work"),
    )


def test_other_apis_see_the_change(bot: Chatbot, fixtures: Fixtures):
    patch(bot, **DOCUMENTED)
    fixtures.key()
    found = Api(KEY).call("GET", "/api/v1/contacts/123").document
    assert found["address"] == {
        "street": "Example Street 1a",
        "city": "Berlin",
        "state": "",
        "zip_code": "12345",
        "country": "Germany",
    }
    assert (found["first_name"], found["last_name"]) == ("Maximilian", "Example")
    assert found["custom_context"] == {"customer_id": "12345"}


def test_a_street_that_another_api_sends_is_whole(bot: Chatbot, fixtures: Fixtures):
    patch(bot, address=DOCUMENTED["address"])
    fixtures.key()
    Api(KEY).call("PATCH", "/api/v1/contacts/123/update", {"address": "Main Street 5"})
    assert bot.ok("GET", PATH)["contact"]["address"] == {
        "street": "Main Street 5",
        "zipcode": "12345",
        "location": "Berlin",
        "country": "Germany",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"name": "Jo"}',
        b'{"contact": null}',
        b'{"contact": []}',
        b'{"contact": {"name": 7}}',
        b'{"contact": {"name": "' + b"x" * 501 + b'"}}',
        b'{"contact": {"phoneNumber": " "}}',
        b'{"contact": {"address": "Example Street 1a"}}',
        b'{"contact": {"address": {"street": 7}}}',
        b'{"contact": {"organizationIds": "a"}}',
        b'{"contact": {"organizationIds": [7]}}',
        b'{"contact": {"variables": []}}',
        b'{"contact": {"variables": {"customer id": "1"}}}',
        b'{"contact": {"name": "Jo", "variables": {"a#b": "1"}}}',
    ],
    ids=lambda body: body[:50].decode(),
)
def test_400_invalid_input_data_and_nothing_changes(body: bytes, bot: Chatbot, fixtures: Fixtures):
    before = fixtures.items()
    assert_invalid(bot.call("PATCH", PATH, body=body))
    assert fixtures.items() == before


@pytest.mark.parametrize("contact_id", ["unknown", "123", "external7", "external8", "x" * 3000])
def test_400_for_an_unknown_contact(contact_id: str, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    before = fixtures.items()
    assert_invalid(bot.call("PATCH", f"/contacts/{contact_id}", {"contact": {"name": "Jo"}}))
    assert fixtures.items() == before
