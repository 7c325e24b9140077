"""GET /v1/conversations/{conversation_id}: one conversation."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures


def test_a_conversation_is_shown(native: Api, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    answer = native.call("GET", "/v1/conversations/conv_1")
    assert (answer.status, answer.document) == (200, {"id": "conv_1", "contact_id": "contact_123"})


@pytest.mark.parametrize("reference", ["conv_2", "conv_9", "x" * 501])
def test_there_is_no_such_conversation(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_9", 9))
    assert native.call("GET", f"/v1/conversations/{reference}").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", "/v1/conversations/conv_1").status == 403
