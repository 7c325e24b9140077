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
from shared.services.variables.definitions import list_definitions
from shared.validation.fields.likely_names import LikelyNames
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
    """List unknown names that still are none of a definition that the caller sees.

    Those with the most requests come first.
    """
    noted = store.list(caller.account_id, caller.requested_at)
    if not noted:
        return []
    by_context_type = _by_context_type(list_definitions(definitions, caller, EVERY_CONTEXT_TYPE))
    likely = {each: LikelyNames(by_context_type[each]) for each in EVERY_CONTEXT_TYPE}
    ordered = sorted(
        noted, key=lambda each: (-each.requests, -each.last_seen.timestamp(), each.unknown)
    )
    return [
        OfferedName(each, [LikelyDefinition(*found) for found in names.rank(each.unknown.name)])
        for each in ordered
        if not (names := likely[ContextType(each.unknown.context_type)]).has(each.unknown.name)
    ]


def _by_context_type(found: Sequence[Definition]) -> defaultdict[ContextType, list[Definition]]:
    grouped: defaultdict[ContextType, list[Definition]] = defaultdict(list)
    for each in found:
        grouped[each.context_type].append(each)
    return grouped
