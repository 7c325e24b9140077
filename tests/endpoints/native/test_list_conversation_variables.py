"""GET /v1/conversations/{conversation_id}/variables: what is known about a conversation."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/conversations/conv_1/variables"


def test_values_and_unset_variables_are_shown(native: Api, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    for name in ("topic", "outcome"):
        fixtures.definition(name, context_type="conversation")
    fixtures.definition("level")
    native.call("PATCH", PATH, {"topic": "Billing"})
    document = native.call("GET", PATH, query={"include": "unset"}).document
    assert document["variables"]["topic"]["value"] == "Billing"
    assert document["unset"] == {"outcome": {"type": "text"}}


def test_hidden_values_are_left_out(native: Api, fixtures: Fixtures):
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    fixtures.key("a-member", permissions=("*",), user="ann")
    fixtures.definition("topic", context_type="conversation", owner="ann")
    native.call("PATCH", PATH, {"topic": "Billing"}, key="a-member")
    assert native.call("GET", PATH, key="a-member").document["variables"].keys() == {"topic"}
    assert native.call("GET", PATH).document == {"variables": {}}


@pytest.mark.parametrize("reference", ["conv_2", "conv_9"])
def test_there_is_no_such_conversation(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_9", 9))
    assert native.call("GET", f"/v1/conversations/{reference}/variables").status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("webhooks:read",))
    assert Api("another-key").call("GET", PATH).status == 403
