"""List, find, create, update and delete variable definitions."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, fields, replace
from os import urandom

from shared.domain.accounts import Audience, Caller
from shared.domain.definitions import (
    ContextType,
    Definition,
    DefinitionDraft,
    Definitions,
    Redefinition,
    Tombstone,
)
from shared.domain.errors import (
    DefaultDefinitionUnchangeable,
    DefaultDefinitionUndeletable,
    DefinitionNotFound,
    DuplicateDefinition,
    PermissionDenied,
    WriteConflict,
)
from shared.domain.options import offered, options_of, unless_plain, with_labels
from shared.domain.records import dataclass
from shared.domain.sources import DEFAULT_PRECEDENCE, LAST_WRITE_WINS
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.visibility import gets_values, visible_definitions
from shared.validation.definitions import MAX_EXTERNAL_ID_CHARS, check_definition


def list_definitions(
    definitions: Definitions, caller: Caller, context_types: Collection[ContextType]
) -> list[Definition]:
    """List the definitions of these context types that the caller sees, in order of id."""
    return visible_definitions(caller, context_types, definitions.list(caller.account_id))


def find_definition(
    definitions: Definitions,
    caller: Caller,
    reference: int | str,
    context_types: Collection[ContextType],
    *,
    archived: bool = False,
) -> Definition:
    """Find a definition of these context types by its id or external id.

    With `archived`, also one that is archived.

    Raises:
        DefinitionNotFound: The caller sees no such definition.

    """
    definition = definitions.find(caller.account_id, reference) if _can_exist(reference) else None
    sees = caller.sees_even_archived if archived else caller.sees
    if definition is None or not sees(definition):
        raise DefinitionNotFound(str(reference))
    if definition.context_type not in context_types:
        raise DefinitionNotFound(str(reference))
    return definition


def find_definitions_by_names(
    definitions: Definitions, caller: Caller, context_type: ContextType, names: Collection[str]
) -> dict[str, Definition]:
    """Find the definitions of these names that the caller sees, by name."""
    found = definitions.find_by_names(caller.account_id, context_type, names)
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, Definition) and caller.sees(each)
    }


def create_definition(
    definitions: Definitions, caller: Caller, draft: DefinitionDraft
) -> Definition:
    """Store a new definition.

    Raises:
        InvalidField, MissingField: The draft is not valid.
        DuplicateDefinition: The name is already in use.
        TooManyDefinitions: The account has the maximum of definitions.

    """
    check_definition(draft)
    draft = _with_precedence(draft)

    allocator = DefinitionAllocator(definitions, caller.account_id)

    def attempt() -> Definition:
        known = definitions.find_by_names(caller.account_id, draft.context_type, [draft.name])
        holder = known.get(draft.name)
        if isinstance(holder, Definition):
            raise DuplicateDefinition(draft.name)
        tombstones = {draft.name: holder} if holder else {}
        created = allocator.allocate([draft], tombstones)
        definitions.add(caller.account_id, created)
        return created[0]

    return retry_on_conflict(attempt)


def update_definition(
    definitions: Definitions,
    caller: Caller,
    reference: int | str,
    context_types: Collection[ContextType],
    change: Callable[[Definition], Definition],
    *,
    archived: bool = False,
) -> Definition:
    """Update a definition; its values keep their slot if it is renamed.

    `reference` is the id or external id. `change` returns the changed definition. With `archived`,
    it can be archived.

    Raises:
        DefinitionNotFound: The caller sees no such definition.
        PermissionDenied: The caller may not change the definition, or not who gets its values.
        DefaultDefinitionUnchangeable: The definition is a default of the account.
        InvalidField, MissingField: The changed definition is not valid.
        DuplicateDefinition: The new name is already in use.

    """

    def attempt() -> Definition:
        before = _changeable(definitions, caller, reference, context_types, archived=archived)
        if before.is_default:
            raise DefaultDefinitionUnchangeable(before.name)
        after = change(before)
        if _in_use(after) != _in_use(before) and not gets_values(caller, _in_use(before)):
            # The caller could make the values public, and read them.
            raise PermissionDenied("clearance for the values of the variable")
        after = _with_settled_options(before, after)
        check_definition(after)
        if after == before:
            return before
        after = replace(after, version=before.version + 1)
        if after.name == before.name:
            definitions.replace(caller.account_id, before, after)
        else:
            _rename(definitions, caller, before, after)
        return after

    return retry_on_conflict(attempt)


def delete_definition(
    definitions: Definitions,
    caller: Caller,
    reference: int | str,
    context_types: Collection[ContextType],
    check: Callable[[Definition], None] | None = None,
    *,
    archived: bool = False,
) -> None:
    """Delete a definition; its stored values stay.

    `reference` is the id or external id. `check` raises if the definition may not be deleted. With
    `archived`, it can be archived. Its values are then hidden for good.

    Raises:
        DefinitionNotFound: The caller sees no such definition.
        PermissionDenied: The caller may not change the definition.
        DefaultDefinitionUndeletable: The definition is a default of the account.

    """

    def attempt() -> None:
        definition = _changeable(definitions, caller, reference, context_types, archived=archived)
        if definition.is_default:
            raise DefaultDefinitionUndeletable(definition.name)
        if check is not None:
            check(definition)
        definitions.delete(caller.account_id, definition)

    retry_on_conflict(attempt)


@dataclass(frozen=True, slots=True)
class DefinitionAllocator:
    """Allocates the ids and slots of the new definitions of one request.

    An attempt of the request gets again what an earlier one has allocated, by draft and by the
    tombstone that the name had.
    """

    definitions: Definitions
    account_id: str
    _allocated: dict[tuple[DefinitionDraft, Tombstone | None], Definition] = field(
        default_factory=dict
    )

    def allocate(
        self, drafts: Sequence[DefinitionDraft], tombstones: Mapping[str, Tombstone]
    ) -> list[Definition]:
        """Return new definitions of one context type, with the ids and slots that they get.

        A name that was defined before gets its old slot and stored values back, if it has the same
        audience as before. `tombstones` are those of deleted definitions, by name.
        """
        wanted = [(draft, tombstones.get(draft.name)) for draft in drafts]
        new = [each for each in wanted if each not in self._allocated]
        if new:
            context_type = drafts[0].context_type
            first = self.definitions.allocate_ids(self.account_id, context_type, len(new))
            for number, (draft, before) in enumerate(new):
                ids = (first.first_id + number, first.first_slot + number)
                self._allocated[draft, before] = _with_ids(draft, before, *ids)
        return [self._allocated[each] for each in wanted]


def allocate_definitions(
    definitions: Definitions,
    account_id: str,
    drafts: Sequence[DefinitionDraft],
    tombstones: Mapping[str, Tombstone],
) -> list[Definition]:
    """Return new definitions of one context type, as `DefinitionAllocator.allocate`."""
    return DefinitionAllocator(definitions, account_id).allocate(drafts, tombstones)


def _with_ids(
    draft: DefinitionDraft, before: Tombstone | None, definition_id: int, slot: int
) -> Definition:
    given = {spec.name: getattr(draft, spec.name) for spec in fields(DefinitionDraft)}
    given |= {"definition_id": definition_id, "external_id": urandom(10).hex()}
    if before is None:
        return Definition(**given, slot=slot)
    if before.audience == draft.audience:
        return Definition(**given, slot=before.slot)
    return Redefinition(**given, slot=slot, deleted=before)


def _with_precedence(draft: DefinitionDraft) -> DefinitionDraft:
    if draft.precedence != LAST_WRITE_WINS:
        return draft
    return replace(draft, precedence=DEFAULT_PRECEDENCE)


def _can_exist(reference: int | str) -> bool:
    # A longer reference would exceed the size of a DynamoDB key.
    return isinstance(reference, int) or len(reference) <= MAX_EXTERNAL_ID_CHARS


def _rename(
    definitions: Definitions, caller: Caller, before: Definition, after: Definition
) -> None:
    known = definitions.find_by_names(caller.account_id, after.context_type, [after.name])
    holder = known.get(after.name)
    if isinstance(holder, Definition):
        if holder.definition_id == before.definition_id:
            # Another writer has just renamed this definition to the same name.
            raise WriteConflict
        raise DuplicateDefinition(after.name)
    definitions.rename(caller.account_id, before, after, holder)


def _with_settled_options(before: Definition, after: Definition) -> Definition:
    """Let all options follow the labels on offer, which most APIs change alone."""
    labels = after.select_options or ()
    if not after.all_options or offered(after.all_options) == labels:
        return after
    options = with_labels(options_of(before), labels) if labels else ()
    return replace(after, all_options=unless_plain(options))


def _in_use(definition: Definition) -> Audience:
    """Return the audience of a definition as it is, or will be again, while not archived."""
    return replace(definition.audience, archived=False)


def _changeable(
    definitions: Definitions,
    caller: Caller,
    reference: int | str,
    context_types: Collection[ContextType],
    *,
    archived: bool,
) -> Definition:
    definition = find_definition(definitions, caller, reference, context_types, archived=archived)
    if not caller.can_change(definition):
        raise PermissionDenied("ownership of the definition")
    return definition
