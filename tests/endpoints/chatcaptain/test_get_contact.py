"""GET .../contacts/{contactId}, as ChatCaptain's clients send it."""

import pytest

from shared.domain.contacts import Address, PhoneNumber
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def test_it_answers_the_contact_with_its_variables(bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(
        7,
        email="john@example.com",
        phone_numbers=(PhoneNumber(1, "+15550100"), PhoneNumber(2, "+15550101", primary=True)),
        wa_id="15550101",
        address=Address("Example Street", "Berlin", "", "12345", "Germany"),
    )
    for name, value in (("age", 42), ("vip", True)):
        definition = fixtures.definitions.find_by_names("acme", "contact", [name])[name]
        fixtures.value(definition, value, 7)
    answer = bot.call("GET", "/contacts/external7")
    assert (answer.status, answer.document) == (
        200,
        {
            "contact": {
                "id": "external7",
                "name": "John Smith",
                "email": "john@example.com",
                "phoneNumber": "+15550101",
                "whatsappId": "15550101",
                "address": {
                    "street": "Example Street",
                    "zipcode": "12345",
                    "location": "Berlin",
                    "country": "Germany",
                },
                "organizationIds": [],
                "created": "2024-01-01T10:00:00.000Z",
                "updated": "2024-01-01T10:00:00.000Z",
                "variables": {"age": "42", "vip": "true"},
            }
        },
    )


def test_the_static_segments_are_no_contacts(bot: Chatbot):
    """`search` and `variables` win over `{contactId}`."""
    search = bot.call("GET", "/contacts/search", query={"query": "", "page": "1", "pageSize": "1"})
    assert "results" in search.document
    assert "variables" in bot.call("GET", f"/contacts/variables/{JOHN}").document


@pytest.mark.parametrize(
    "contact_id", ["unknown", "123", "external7", "external8", "variables", "%23", "x" * 3000]
)
def test_an_unknown_contact_is_told_in_band(contact_id: str, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    answer = bot.call("GET", f"/contacts/{contact_id}")
    assert (answer.status, answer.document) == (200, {"error": "The contact was not found."})
