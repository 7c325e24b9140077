"""Cursors of the lists of the native API."""

from itertools import permutations

import pytest

from shared.domain.contacts import Conversation
from tests.api import Api
from tests.fixtures import Fixtures

LISTS = {
    "contacts": "/v1/contacts",
    "conversations": "/v1/contacts/contact_123/conversations",
    "tags": "/v1/tags",
    "agents": "/v1/agents",
    "hooks": "/v1/hooks",
    "keys": "/v1/keys",
    "webhooks": "/v1/webhooks",
    "definitions": "/v1/definitions",
    "imports": "/v1/imports",
}


@pytest.fixture
def filled(operator: Api, fixtures: Fixtures) -> Api:
    """An account with two of everything that has a list, except for imports."""
    fixtures.key("native_of_everything", permissions=("*", "keys:read", "keys:write"))
    fixtures.contact(124)
    api = Api("native_of_everything")
    for number in (1, 2):
        fixtures.contacts.add_conversation("acme", Conversation(f"conv_{number}", 123))
        fixtures.webhook(f"wh_{number}")
        fixtures.definition(f"plan_{number}")
        assert api.call("PUT", f"/v1/contacts/contact_123/tags/tag{number}").status == 200
        agent = api.call("POST", "/v1/agents", {"name": "A", "variables": []}).document
        hook = {"agent": agent["id"], "platform": "flat"}
        assert api.call("POST", "/v1/hooks", hook).status == 201
    return api


def test_a_cursor_of_another_list_is_refused(filled: Api):
    cursors = {
        name: filled.call("GET", path, query={"limit": "1"}).document["next_cursor"]
        for name, path in LISTS.items()
    }
    assert [name for name, cursor in cursors.items() if cursor is None] == ["imports"]
    for name, other in permutations(LISTS, 2):
        if cursors[name] is None:
            continue
        answer = filled.call("GET", LISTS[other], query={"cursor": cursors[name]})
        assert answer.status == 400, (name, other)
        assert answer.document["errors"][0]["parameter"] == "cursor"
    for name, cursor in cursors.items():
        query = {} if cursor is None else {"cursor": cursor}
        assert filled.call("GET", LISTS[name], query=query).status == 200


def test_a_cursor_has_room_for_the_longest_id(native: Api, fixtures: Fixtures):
    path = LISTS["conversations"]
    long = [f"{number}{'x' * 499}" for number in (1, 2)]
    for conversation_id in long:
        body = {"contact_id": "contact_123", "id": conversation_id}
        assert native.call("POST", "/v1/conversations", body).status == 201
    first = native.call("GET", path, query={"limit": "1"}).document
    second = native.call("GET", path, query={"cursor": first["next_cursor"]})
    assert [each["id"] for each in second.document["data"]] == long[1:]
