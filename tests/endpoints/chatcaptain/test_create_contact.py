"""POST .../contacts, as ChatCaptain documents it."""

import re

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from tests.api import Api
from tests.chatbot import Chatbot, assert_invalid
from tests.fixtures import KEY, Fixtures

DOCUMENTED = {
    "name": "Max Example",
    "language": "EN",
    "email": "max.mustermann@example.com",
    "phoneNumber": "+4917612345678",
    "whatsappId": "49123456789",
    "webId": "web_abc123xyz",
    "instagramId": "17841400123456789",
    "facebookId": "10158123456789012",
    "telegramId": "123456789",
    "providerId": "provider_abc123",
    "avatar": "https://example.com/avatar.png",
}


def test_the_documented_request_creates_the_contact(bot: Chatbot):
    answer = bot.call("POST", "/contacts", DOCUMENTED)
    assert answer.status == 201
    contact = answer.document["contact"]
    made = {name: contact.pop(name) for name in ("id", "created", "updated")}
    assert contact == {**DOCUMENTED, "organizationIds": [], "variables": {}}
    assert re.fullmatch(r"[0-9A-Za-z]{18,20}", made["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", made["created"])
    assert made["updated"] == made["created"]
    assert bot.ok("GET", f"/contacts/{made['id']}")["contact"] == {**contact, **made}


def test_only_the_language_is_required_and_what_is_unknown_is_left_out(bot: Chatbot):
    contact = bot.ok("POST", "/contacts", {"language": "DE", "email": None, "name": ""})["contact"]
    assert contact.keys() == {
        *("id", "language", "organizationIds", "variables", "created", "updated")
    }


def test_other_apis_find_it(bot: Chatbot, fixtures: Fixtures):
    bot.ok("POST", "/contacts", DOCUMENTED)
    fixtures.key()
    klen = Api(KEY)
    (listed,) = klen.call("GET", "/api/v1/contacts", query={"search": "max"}).document["contacts"]
    assert {name: listed[name] for name in ("first_name", "last_name", "full_name", "phone")} == {
        "first_name": "Max",
        "last_name": "Example",
        "full_name": "Max Example",
        "phone": "+4917612345678",
    }
    for kind, value in [
        (IdentifierKind.WHATSAPP, "49123456789"),
        (IdentifierKind.EMAIL, "max.mustermann@example.com"),
        (IdentifierKind.PHONE, "+4917612345678"),
        (IdentifierKind.WEBCHAT, "web_abc123xyz"),
    ]:
        assert fixtures.ids_with(Identifier(kind, value)) == [listed["id"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"language": ""},
        {"language": None},
        {"language": 7},
        {"name": 7},
        {"name": "x" * 501},
        {"email": ["a@example.com"]},
        {"phoneNumber": " "},
        {"phoneNumber": 49123},
        {"whatsappId": "é" * 300},
        {"whatsappId": "x" * 501},
        {"instagramId": 17841400123456789},
        {"telegramId": "x" * 501},
        {"avatar": {}},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_400_invalid_input_data_and_nothing_changes(
    changes: dict, bot: Chatbot, fixtures: Fixtures
):
    before = fixtures.items()
    assert_invalid(bot.call("POST", "/contacts", {**DOCUMENTED, **changes}))
    assert fixtures.items() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"language": "EN", "language": "DE"}'])
def test_400_for_a_body_that_is_none(body: bytes, bot: Chatbot, fixtures: Fixtures):
    before = fixtures.items()
    assert_invalid(bot.call("POST", "/contacts", body=body))
    assert fixtures.items() == before
