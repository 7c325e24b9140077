"""List definitions by pages, and create, change and delete them under a condition."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from shared.domain.accounts import Caller
from shared.domain.definition_pages import (
    DefinitionPage,
    DefinitionPages,
    DefinitionPosition,
    DefinitionQuery,
)
from shared.domain.definitions import (
    EVERY_CONTEXT_TYPE,
    Definition,
    DefinitionDraft,
    Definitions,
)
from shared.domain.entity_tags import VersionCondition
from shared.domain.errors import PermissionDenied, PreconditionFailed
from shared.services.variables.definitions import (
    create_definition,
    delete_definition,
    update_definition,
)

_READ_AT_ONCE = 500
"""How many definitions to read after a page that had too few visible ones."""


def list_definition_page(
    pages: DefinitionPages, caller: Caller, query: DefinitionQuery
) -> DefinitionPage:
    """List a page of the definitions that the caller sees, in order of context type and name."""
    seen: list[Definition] = []
    # One more shows that there is another page.
    wanted, page = replace(query, limit=query.limit + 1), None
    while page is None or (page.following and len(seen) <= query.limit):
        page = pages.read(caller.account_id, wanted)
        seen += [each for each in page.definitions if _is_listed(caller, query, each)]
        wanted = replace(wanted, after=page.following, limit=_READ_AT_ONCE)
    shown = seen[: query.limit]
    is_last = len(seen) <= query.limit
    return DefinitionPage(shown, None if is_last else position_of(shown[-1]))


def _is_listed(caller: Caller, query: DefinitionQuery, definition: Definition) -> bool:
    if definition.archived is not query.archived or not caller.sees_even_archived(definition):
        return False
    return query.auto_created in (None, definition.auto_created)


def position_of(definition: Definition) -> DefinitionPosition:
    """Return the place of a definition in a list."""
    return DefinitionPosition(definition.context_type, definition.name)


def add_definition(definitions: Definitions, caller: Caller, draft: DefinitionDraft) -> Definition:
    """Create a definition that belongs to the account, or to the caller or one of its teams.

    Raises:
        PermissionDenied: It is for another user or team.
        DuplicateDefinition: The name is already in use.
        TooManyDefinitions: The account has the maximum of definitions.

    """
    if draft.owner not in (None, caller.user):
        raise PermissionDenied(f"the user '{draft.owner}'")
    if draft.team is not None and draft.team not in caller.teams:
        raise PermissionDenied(f"membership of team {draft.team}")
    return create_definition(definitions, caller, draft)


def change_definition(
    definitions: Definitions,
    caller: Caller,
    external_id: str,
    change: Callable[[Definition], Definition],
    condition: VersionCondition | None,
    tag_of: Callable[[Definition], str],
) -> Definition:
    """Change a definition; its values keep their slot if it is renamed.

    Args:
        definitions: Where definitions are stored.
        caller: Who changes it.
        external_id: The external id of the definition.
        change: Returns the changed definition.
        condition: The version that it must have.
        tag_of: Returns the entity tag of a definition.

    Raises:
        PreconditionFailed: It has another version.
        DefinitionNotFound, PermissionDenied, DefaultDefinitionUnchangeable, InvalidRequest,
        DuplicateDefinition: As `update_definition`.

    """

    def changed(before: Definition) -> Definition:
        _check_version(before, condition, tag_of)
        return change(before)

    return update_definition(
        definitions, caller, external_id, EVERY_CONTEXT_TYPE, changed, archived=True
    )


def set_archived(
    definitions: Definitions,
    caller: Caller,
    external_id: str,
    condition: VersionCondition | None,
    tag_of: Callable[[Definition], str],
    *,
    archived: bool,
) -> Definition:
    """Hide a definition and its stored values from everyone, or show them again.

    Raises:
        PreconditionFailed, DefinitionNotFound, PermissionDenied, DefaultDefinitionUnchangeable: As
        `change_definition`.

    """
    change = partial(replace, archived=archived)
    return change_definition(definitions, caller, external_id, change, condition, tag_of)


def remove_definition(
    definitions: Definitions,
    caller: Caller,
    external_id: str,
    condition: VersionCondition | None,
    tag_of: Callable[[Definition], str],
) -> None:
    """Delete a definition; its stored values stay.

    Raises:
        PreconditionFailed: It has another version.
        DefinitionNotFound, PermissionDenied, DefaultDefinitionUndeletable: As
        `delete_definition`.

    """
    delete_definition(
        definitions,
        caller,
        external_id,
        EVERY_CONTEXT_TYPE,
        lambda definition: _check_version(definition, condition, tag_of),
        archived=True,
    )


def _check_version(
    definition: Definition,
    condition: VersionCondition | None,
    tag_of: Callable[[Definition], str],
) -> None:
    if condition is not None and not condition.holds_for(str(definition.version)):
        raise PreconditionFailed(tag_of(definition))
