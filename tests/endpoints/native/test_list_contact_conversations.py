"""GET /v1/contacts/{contact_id}/conversations: the conversations with a contact."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/contacts/contact_123/conversations"


def test_conversations_are_listed_by_page_in_order_of_id(native: Api, fixtures: Fixtures):
    for name in ("b", "c", "a#1"):
        fixtures.contacts.add_conversation("acme", Conversation(name, 123))
    first = native.call("GET", PATH, query={"limit": "2"}).document
    second = native.call("GET", PATH, query={"cursor": first["next_cursor"]}).document
    assert [each["id"] for each in first["data"]] == ["a#1", "b"]
    assert second == {"data": [{"id": "c", "contact_id": "contact_123"}], "next_cursor": None}


def test_a_contact_without_conversations(native: Api):
    assert native.call("GET", PATH).document == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("reference", ["contact_9", "contact_10", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    assert native.call("GET", f"/v1/contacts/{reference}/conversations").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
