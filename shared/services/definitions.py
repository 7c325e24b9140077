"""Variable definitions: list, create, change, delete."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from os import urandom

from shared.domain.errors import (
    DefaultDefinitionUnchangeable,
    DefaultDefinitionUndeletable,
    DefinitionNotFound,
    DuplicateDefinition,
    PermissionDenied,
)
from shared.domain.model import (
    Caller,
    ContextType,
    Definition,
    DefinitionDraft,
    Tombstone,
)
from shared.domain.ports import Definitions
from shared.services.conflicts import until_settled
from shared.validation.definitions import check_definition


def list_definitions(
    definitions: Definitions, caller: Caller, context_types: Collection[ContextType]
) -> list[Definition]:
    """The definitions of these context types that the caller can see, in order of id."""
    return [
        definition
        for definition in definitions.list(caller.account_id)
        if definition.context_type in context_types and caller.sees(definition)
    ]


def create_definition(
    definitions: Definitions, caller: Caller, draft: DefinitionDraft
) -> Definition:
    """Store a new definition.

    Raises InvalidField, MissingField, or DuplicateDefinition when the name is taken.
    """
    check_definition(draft)

    def attempt() -> Definition:
        known = definitions.find_by_names(caller.account_id, draft.context_type, [draft.name])
        if isinstance(known.get(draft.name), Definition):
            raise DuplicateDefinition(draft.name)
        created = number_definitions(definitions, caller.account_id, [draft], known)
        definitions.add(caller.account_id, created)
        return created[0]

    return until_settled(attempt)


def update_definition(
    definitions: Definitions,
    caller: Caller,
    definition_id: int,
    context_types: Collection[ContextType],
    change: Callable[[Definition], Definition],
) -> Definition:
    """Change a definition of these context types that the caller may change.

    Raises DefinitionNotFound, PermissionDenied, DefaultDefinitionUnchangeable, InvalidField,
    MissingField.
    """

    def attempt() -> Definition:
        before = _changeable(definitions, caller, definition_id, context_types)
        if before.is_default:
            raise DefaultDefinitionUnchangeable(before.name)
        after = change(before)
        check_definition(after)
        if after != before:
            definitions.replace(caller.account_id, replace(after, version=before.version + 1))
        return after

    return until_settled(attempt)


def delete_definition(
    definitions: Definitions,
    caller: Caller,
    definition_id: int,
    context_types: Collection[ContextType],
) -> None:
    """Delete a definition of these context types; values stored under its name stay.

    Raises DefinitionNotFound, PermissionDenied, DefaultDefinitionUndeletable.
    """

    def attempt() -> None:
        definition = _changeable(definitions, caller, definition_id, context_types)
        if definition.is_default:
            raise DefaultDefinitionUndeletable(definition.name)
        definitions.delete(caller.account_id, definition)

    until_settled(attempt)


def number_definitions(
    definitions: Definitions,
    account_id: str,
    drafts: Sequence[DefinitionDraft],
    known: Mapping[str, Definition | Tombstone],
) -> list[Definition]:
    """Give new definitions of one context type their ids and slots.

    A name that was defined before gets its old slot back, and with it its stored values.
    """
    if not drafts:
        return []
    numbers = definitions.allot(account_id, drafts[0].context_type, len(drafts))
    return [
        _numbered(draft, known.get(draft.name), numbers.first_id + i, numbers.first_slot + i)
        for i, draft in enumerate(drafts)
    ]


def _numbered(
    draft: DefinitionDraft, before: Definition | Tombstone | None, definition_id: int, slot: int
) -> Definition:
    return Definition(
        **{spec.name: getattr(draft, spec.name) for spec in fields(DefinitionDraft)},
        definition_id=definition_id,
        slot=before.slot if before else slot,
        external_id=urandom(10).hex(),
    )


def _changeable(
    definitions: Definitions,
    caller: Caller,
    definition_id: int,
    context_types: Collection[ContextType],
) -> Definition:
    definition = definitions.find(caller.account_id, definition_id)
    if definition is None or not caller.sees(definition):
        raise DefinitionNotFound(str(definition_id))
    if definition.context_type not in context_types:
        raise DefinitionNotFound(str(definition_id))
    if not caller.may_change(definition):
        raise PermissionDenied("ownership of the definition")
    return definition
