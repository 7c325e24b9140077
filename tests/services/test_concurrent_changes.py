"""Use cases whose objects change or are deleted between two of their steps."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.accounts import Caller
from shared.domain.contacts import Contact, Conversation
from shared.domain.definitions import ContextType
from shared.domain.errors import ContactNotFound, ConversationNotFound, WriteConflict
from shared.domain.values import LENIENT_TEXT
from shared.services.accounts.administration import index_audiences
from shared.services.contacts.conversation_changes import create_conversation
from shared.services.contacts.conversations import set_conversation_variables
from shared.services.variables.definitions import update_definition
from shared.table.contacts import ContactTable
from shared.table.definitions import DefinitionTable
from shared.table.idempotency import IdempotencyTable
from shared.table.variables import VariableTable
from tests.fixtures import LONG_AGO, Fixtures

CALLER = Caller("acme", "a-key", LONG_AGO)


@pytest.fixture
def fixtures(fresh_table: Fixtures) -> Fixtures:
    fresh_table.account()
    fresh_table.contact()
    return fresh_table


def first_call(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, before: Callable[[], None]
) -> list[Any]:
    """Call `before` before the first call of a method. Return the recorded calls."""
    method, calls = getattr(owner, name), []

    def called(self: Any, *arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            before()
        return method(self, *arguments, **options)

    monkeypatch.setattr(owner, name, called)
    return calls


def test_a_conversation_that_is_deleted_while_it_is_set_gets_no_values(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    conversation = Conversation("conv_1", 123)
    fixtures.contacts.add_conversation("acme", conversation)

    def delete() -> None:
        fixtures.contacts.delete_conversation("acme", conversation)
        raise WriteConflict

    saves = first_call(monkeypatch, VariableTable, "save", delete)
    with pytest.raises(ConversationNotFound):
        set_conversation_variables(
            *(fixtures.variables, fixtures.definitions, fixtures.contacts, CALLER, conversation),
            *({"topic": "billing"}, LENIENT_TEXT),
        )
    assert len(saves) == 1
    assert "billing" not in str(fixtures.items())


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_conversation_is_created_after_a_conflict_if_its_contact_is_still_there(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch, *, is_deleted: bool
):
    def interrupt() -> None:
        if is_deleted:
            fixtures.contacts.delete("acme", found(fixtures))
        raise WriteConflict

    first_call(monkeypatch, ContactTable, "add_conversation", interrupt)
    create = lambda: create_conversation(  # noqa: E731 - called in two ways
        fixtures.contacts, IdempotencyTable(fixtures.table), CALLER, 123, "conv_1", None
    )
    if is_deleted:
        with pytest.raises(ContactNotFound):
            create()
    else:
        assert create() == (Conversation("conv_1", 123), False)
    stored = fixtures.contacts.find_conversation("acme", "conv_1")
    assert (stored is None) is is_deleted


def found(fixtures: Fixtures) -> Contact:
    contact = fixtures.contacts.find("acme", 123)
    assert contact is not None
    return contact


def test_a_definition_that_another_writer_renames_to_the_same_name_is_renamed(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    before = fixtures.definition("level")

    def rename() -> None:
        after = replace(before, name="grade", version=before.version + 1)
        fixtures.definitions.rename("acme", before, after, None)

    first_call(monkeypatch, DefinitionTable, "find_by_names", rename)
    renamed = update_definition(
        fixtures.definitions,
        CALLER,
        before.definition_id,
        [ContextType.CONTACT],
        lambda definition: replace(definition, name="grade", description="of a customer"),
    )
    assert (renamed.name, renamed.description) == ("grade", "of a customer")
    (stored,) = fixtures.definitions.list("acme")
    assert stored == renamed
    assert stored.version == before.version + 2


def test_definitions_that_nobody_owns_any_more_are_not_indexed(
    fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch
):
    kept, deleted, shared = (
        fixtures.definition(name, owner="ann") for name in ("kept", "deleted", "shared")
    )

    def change() -> None:
        fixtures.definitions.delete("acme", deleted)
        after = replace(shared, owner=None, version=shared.version + 1)
        fixtures.definitions.replace("acme", shared, after)

    first_call(monkeypatch, DefinitionTable, "find", change)
    assert index_audiences(fixtures.accounts, fixtures.definitions, "acme") == 1
    versions = {each.name: each.version for each in fixtures.definitions.list("acme")}
    assert versions == {"kept": kept.version + 1, "shared": shared.version + 1}
