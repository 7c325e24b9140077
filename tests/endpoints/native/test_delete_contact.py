"""DELETE /v1/contacts/{contact_id}: delete a contact with all that belongs to it."""

from dataclasses import replace

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Conversation, Identifier, IdentifierKind
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.sources import DEFAULT_PRECEDENCE, Source
from shared.domain.values import Assignment, Evidence, Subject
from shared.services.variables.assignments import make_assignment
from shared.table import contact_removal
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures

PATH = "/v1/contacts/contact_123"
EMAIL = Identifier(IdentifierKind.EMAIL, "john@example.com")


def remaining(fixtures: Fixtures) -> list[str]:
    """Return the keys of all items of contacts and conversations.

    Parts of large values are left to `delete_parts`.
    """
    parts = ("#CONTACT#", "#CONVERSATION#", "#IDENTIFIER#")
    return [
        f"{each['pk']['S']} {each['sk']['S']}"
        for each in fixtures.items()
        if any(part in each["pk"]["S"] for part in parts) and not each["pk"]["S"].endswith("#PARTS")
    ]


@pytest.fixture
def rich(native: Api, fixtures: Fixtures) -> Fixtures:
    """Create contact 123 with an identifier, values, a conversation, a suggestion and evidence."""
    native.call("PATCH", PATH, {"email": EMAIL.value})
    level = fixtures.definition("level", precedence=DEFAULT_PRECEDENCE)
    story = fixtures.definition("story")
    person = Attribution(LONG_AGO, value_source=Source.HUMAN)
    evidence = Evidence("CA1", 4, "Gold")
    human = replace(make_assignment(level, "Gold"), evidence=evidence)
    contact = Subject.contact(123)
    fixtures.variables.save("acme", contact, [human], [], person)
    fixtures.value(story, "x" * 9000)
    agent = Attribution(LONG_AGO, value_source=Source.AI)
    fixtures.variables.save("acme", contact, [make_assignment(level, "Silver")], [], agent)
    fixtures.contacts.add_conversation("acme", Conversation("conv_1", 123))
    topic = fixtures.definition("topic", context_type="conversation")
    about = Assignment(topic.slot, topic.name, topic.variable_type, "x" * 9000)
    conversation = Subject.conversation("conv_1")
    fixtures.variables.save("acme", conversation, [about], [], Attribution(LONG_AGO))
    return fixtures


def test_nothing_of_the_contact_remains(native: Api, rich: Fixtures):
    answer = native.call("DELETE", PATH)
    assert (answer.status, answer.document) == (200, {"id": "contact_123", "deleted": True})
    assert remaining(rich) == []
    assert native.call("GET", PATH).status == 404


def test_definitions_and_tags_stay(native: Api, rich: Fixtures):
    native.call("DELETE", PATH)
    assert [each.name for each in rich.definitions.list("acme")] == ["level", "story", "topic"]


def test_a_second_deletion_is_not_found(native: Api, rich: Fixtures):
    native.call("DELETE", PATH)
    before = rich.items()
    assert native.call("DELETE", PATH).status == 404
    assert rich.items() == before


@pytest.mark.parametrize("step", range(4))
def test_a_deletion_that_was_killed_goes_on_when_it_is_repeated(
    native: Api, rich: Fixtures, monkeypatch: pytest.MonkeyPatch, step: int
):
    """The function is killed before its n-th write."""
    write, done = contact_removal.Table.write, []

    def dying(table, writes, *, once: bool = False) -> None:
        if len(done) == step:
            raise Unavailable
        done.append(writes)
        write(table, writes, once=once)

    with monkeypatch.context() as patch:
        patch.setattr(contact_removal.Table, "write", dying)
        killed = native.call("DELETE", PATH)
    assert killed.status == 500
    again = native.call("DELETE", PATH)
    assert again.status in (200, 404)
    assert remaining(rich) == []


def test_remnants_are_no_part_of_a_contact_that_gets_the_id(native: Api, fixtures: Fixtures):
    level = fixtures.definition("level")
    fixtures.value(level, "Gold")
    fixtures.contacts.delete_conversation_remnants("acme", "conv_1")
    with pytest.raises(WriteConflict):
        fixtures.contacts.delete_remnants("acme", 123)
    assert native.call("GET", f"{PATH}/variables/level").status == 200


def test_a_stale_entity_tag_deletes_nothing(native: Api, rich: Fixtures):
    old = native.call("GET", PATH).headers["etag"]
    new = native.call("PATCH", PATH, {"company": "A"}).headers["etag"]
    before = rich.items()
    answer = native.call("DELETE", PATH, headers={"If-Match": old})
    assert (answer.status, answer.headers["etag"]) == (412, new)
    assert rich.items() == before
    assert native.call("DELETE", PATH, headers={"If-Match": new}).status == 200


@pytest.mark.parametrize("reference", ["contact_9", "contact_10", f"contact_{10**18}", "123"])
def test_there_is_no_such_contact(native: Api, fixtures: Fixtures, reference: str):
    fixtures.contact(9, team=7)
    before = fixtures.items()
    assert native.call("DELETE", f"/v1/contacts/{reference}").status == 404
    assert fixtures.items() == before


def test_it_needs_a_permission(fixtures: Fixtures):
    fixtures.key("another-key", permissions=("contacts:read",))
    assert Api("another-key").call("DELETE", PATH).status == 403
