"""DELETE .../contacts/{contactId}, as ChatCaptain's clients send it."""

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from tests.chatbot import JOHN, Chatbot
from tests.fixtures import Fixtures


def test_it_deletes_the_contact_with_all_that_is_kept_on_it(bot: Chatbot, fixtures: Fixtures):
    bot.ok(
        "PATCH", f"/contacts/{JOHN}", {"contact": {"whatsappId": "1", "variables": {"age": "7"}}}
    )
    topic = f"/conversations/conv_1/variables/{bot.ids['topic']}"
    bot.ok("PUT", topic, {"value": "Billing"})
    answer = bot.call("DELETE", f"/contacts/{JOHN}")
    assert (answer.status, answer.document) == (200, {"deleted": True})
    for path in (f"/contacts/{JOHN}", f"/contacts/variables/{JOHN}", topic):
        assert "error" in bot.call("GET", path).document
    assert bot.ok("GET", "/contacts") == {"contacts": []}
    assert fixtures.ids_with(Identifier(IdentifierKind.WHATSAPP, "1")) == []


@pytest.mark.parametrize("contact_id", ["unknown", "123", "external7", "external8", "x" * 3000])
def test_an_unknown_contact_is_told_in_band(contact_id: str, bot: Chatbot, fixtures: Fixtures):
    fixtures.contact(7, account="globex")
    fixtures.contact(8, team=42)
    before = fixtures.items()
    answer = bot.call("DELETE", f"/contacts/{contact_id}")
    assert (answer.status, answer.document) == (200, {"error": "The contact was not found."})
    assert fixtures.items() == before
