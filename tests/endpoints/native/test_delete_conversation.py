"""DELETE /v1/conversations/{conversation_id}: delete a conversation with its values."""

import pytest

from shared.domain.contacts import Conversation
from shared.domain.errors import Unavailable
from shared.table import contact_removal
from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/conversations/conv_1"


@pytest.fixture
def topical(native: Api, fixtures: Fixtures) -> Fixtures:
    """Create conversation conv_1 of contact 123 with a large value."""
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    fixtures.definition("topic", context_type="conversation")
    assert native.call("PATCH", f"{PATH}/variables", {"topic": "x" * 9000}).status == 200
    return fixtures


def remaining(fixtures: Fixtures) -> list[str]:
    """Return the partitions of conversations, without the parts that `delete_parts` deletes."""
    partitions = [each["pk"]["S"] for each in fixtures.items()]
    return [each for each in partitions if "CONVERSATION" in each and not each.endswith("#PARTS")]


def test_nothing_of_the_conversation_remains(native: Api, topical: Fixtures):
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document) == (200, {"id": "conv_1", "deleted": True})
    assert remaining(topical) == []
    assert native.call("DELETE", PATH).status == 404
    assert native.call("GET", "/v1/contacts/contact_123").status == 200


@pytest.mark.parametrize("step", range(2))
def test_a_deletion_that_was_killed_goes_on_when_it_is_repeated(
    native: Api, topical: Fixtures, monkeypatch: pytest.MonkeyPatch, step: int
):
    write, done = contact_removal.Table.write, []

    def dying(table, writes, *, once: bool = False) -> None:
        if len(done) == step:
            raise Unavailable
        done.append(writes)
        write(table, writes, once=once)

    with monkeypatch.context() as patch:
        patch.setattr(contact_removal.Table, "write", dying)
        assert native.call("DELETE", PATH).status == 500
    assert native.call("DELETE", PATH).status == 200
    assert remaining(topical) == []


@pytest.mark.parametrize("reference", ["conv_2", "conv_9", "x" * 501])
def test_there_is_no_such_conversation(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    fixtures.contacts.add_conversation("acme", Conversation("conv_9", 9))
    before = fixtures.items()
    assert native.call("DELETE", f"/v1/conversations/{reference}").status == 404
    assert fixtures.items() == before


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("DELETE", PATH).status == 403
