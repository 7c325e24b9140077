"""PATCH /v1/conversations/{conversation_id}/variables: set or remove values."""

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/conversations/conv_1/variables"
ONCE = {"Idempotency-Key": "a-key"}


@pytest.fixture
def talking(native: Api, fixtures: Fixtures) -> Api:
    """Return a client with conversation conv_1 and its variable topic."""
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    fixtures.definition("topic", context_type="conversation")
    return native


def test_values_are_set_and_removed(talking: Api):
    for value, outcome in (("Billing", "set"), (None, "removed")):
        answer = talking.call("PATCH", PATH, {"topic": value})
        assert (answer.status, answer.document["results"]["topic"]["outcome"]) == (200, outcome)
    assert talking.call("GET", PATH).document == {"variables": {}}


def test_a_mode_defines_variables_of_conversations(talking: Api, fixtures: Fixtures):
    talking.call("PATCH", PATH, {"turns": 3}, query={"mode": "auto_create"})
    assert talking.call("GET", PATH).document["variables"]["turns"]["value"] == 3
    kinds = {each.name: each.context_type for each in fixtures.definitions.list("acme")}
    assert kinds == {"topic": "conversation", "turns": "conversation"}


def test_a_stale_entity_tag_changes_nothing(talking: Api):
    old = talking.call("GET", PATH).headers["etag"]
    talking.call("PATCH", PATH, {"topic": "Billing"})
    answer = talking.call("PATCH", PATH, {"topic": "Other"}, headers={"If-Match": old})
    assert answer.status == 412
    assert talking.call("GET", PATH).document["variables"]["topic"]["value"] == "Billing"


def test_the_same_key_is_applied_once(talking: Api):
    talking.call("PATCH", PATH, {"topic": "Billing"}, headers=ONCE)
    talking.call("PATCH", PATH, {"topic": "Other"})
    again = talking.call("PATCH", PATH, {"topic": "Billing"}, headers=ONCE)
    assert again.headers["idempotent-replayed"] == "true"
    assert talking.call("GET", PATH).document["variables"]["topic"]["value"] == "Other"


def test_a_variable_of_contacts_is_none_of_conversations(talking: Api, fixtures: Fixtures):
    fixtures.definition("level")
    answer = talking.call("PATCH", PATH, {"level": "Gold"})
    assert [each["pointer"] for each in answer.document["errors"]] == ["/level"]


@pytest.mark.parametrize("reference", ["conv_2", "conv_9"])
def test_there_is_no_such_conversation(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_9", 9))
    path = f"/v1/conversations/{reference}/variables"
    assert native.call("PATCH", path, {"topic": "x"}).status == 404


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("PATCH", PATH, {}).status == 403
