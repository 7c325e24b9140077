"""Record names that nobody has defined, and offer them as aliases of definitions."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shared.domain.accounts import Caller
from shared.domain.definitions import EVERY_CONTEXT_TYPE, ContextType, Definition, Definitions
from shared.domain.errors import (
    DefinitionNotFound,
    InvalidRequest,
    UndefinedVariable,
    UnknownName,
)
from shared.domain.unknown_names import LikelyDefinition, OfferedName, UnknownNames
from shared.services.variables.visibility import visible_definitions
from shared.validation.fields.likely_names import DefinedNames, LikelyNames
from shared.validation.names import is_name_to_note

Refused = DefinitionNotFound | InvalidRequest | UndefinedVariable
"""The errors that can have unknown names."""


def note_unknown_names(store: UnknownNames, caller: Caller, refused: Refused) -> None:
    """Record the names that a request was refused for and that nobody has defined. Never fails."""
    names = [each for each in dict.fromkeys(_unknown(refused)) if is_name_to_note(each.name)]
    if names:
        store.note(caller.account_id, names, caller.requested_at)


def _unknown(refused: Refused) -> Iterator[UnknownName]:
    sources = refused.faults if isinstance(refused, InvalidRequest) else (refused,)
    return (each.unknown for each in sources if each.unknown is not None)


def offer_unknown_names(
    store: UnknownNames, definitions: Definitions, caller: Caller
) -> list[OfferedName]:
    """List unknown names that no definition of the account has now.

    Those with the most requests come first. The name of a definition that the caller does not see
    is left out, too: it can have been sent before the definition was made.
    """
    noted = store.list(caller.account_id, caller.requested_at)
    if not noted:
        return []
    known = definitions.list(caller.account_id)
    all_of_them = _by_context_type(known)
    seen = _by_context_type(visible_definitions(caller, EVERY_CONTEXT_TYPE, known))
    defined = {each: DefinedNames(all_of_them[each]) for each in EVERY_CONTEXT_TYPE}
    likely = {each: LikelyNames(seen[each]) for each in EVERY_CONTEXT_TYPE}
    ordered = sorted(
        noted, key=lambda each: (-each.requests, -each.last_seen.timestamp(), each.unknown)
    )
    return [
        OfferedName(each, [LikelyDefinition(*found) for found in likely[kind].rank(name)])
        for each in ordered
        if not defined[kind := ContextType(each.unknown.context_type)].has(
            name := each.unknown.name
        )
    ]


def _by_context_type(found: Sequence[Definition]) -> defaultdict[ContextType, list[Definition]]:
    grouped: defaultdict[ContextType, list[Definition]] = defaultdict(list)
    for each in found:
        grouped[each.context_type].append(each)
    return grouped
