"""Validate the values of a request, and plan the assignments and new definitions."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.definitions import (
    ContextType,
    Definition,
    DefinitionDraft,
    Tombstone,
    VariableType,
)
from shared.domain.errors import (
    ContextTooLarge,
    InvalidValue,
    TooManyVariables,
    UndefinedVariable,
    UnknownName,
)
from shared.domain.json_values import JsonValue, Value
from shared.domain.records import dataclass
from shared.domain.sources import DEFAULT_PRECEDENCE
from shared.domain.values import (
    MAX_PAGES_PER_WRITE,
    VALUES_PER_PAGE,
    Assignment,
    SentValue,
    SetRules,
    SourcedValue,
)
from shared.services.variables.definitions import DefinitionAllocator
from shared.services.variables.visibility import gets_values
from shared.validation.names import NAME_RULE, display_name, is_variable_name
from shared.validation.value_text import to_text
from shared.validation.values import (
    MAX_VARIABLES_PER_REQUEST,
    coerce_to_type,
    coerce_value,
    infer_type,
)

_UNDEFINED = "it has no definition"


@dataclass(frozen=True, slots=True)
class Plan:
    """The assignments of a request.

    Attributes:
        assignments: Values of defined variables.
        drafts: New definitions with their values, coerced and as they were sent.

    """

    assignments: list[Assignment]
    drafts: list[tuple[DefinitionDraft, Value, SentValue]]

    def allocate(
        self,
        allocator: DefinitionAllocator,
        known: Mapping[str, Definition | Tombstone],
        *,
        several_transactions: bool = False,
    ) -> tuple[list[Assignment], list[Definition]]:
        """Allocate the ids and slots of the new definitions.

        Args:
            allocator: That of the request.
            known: The definitions and tombstones of the names.
            several_transactions: Whether the values may be stored in several writes.

        Returns:
            All assignments, and the new definitions.

        Raises:
            ContextTooLarge: The values cannot be stored in one write. Nothing is allocated.

        """
        if not self.drafts:
            return self.assignments, []
        drafts = [draft for draft, *_ in self.drafts]
        tombstones = {name: each for name, each in known.items() if isinstance(each, Tombstone)}
        if not several_transactions:
            self._require_one_write(sum(each.name not in tombstones for each in drafts))
        created = allocator.allocate(drafts, tombstones)
        added = [
            _with_source(make_assignment(new, value), sent)
            for new, (_, value, sent) in zip(created, self.drafts, strict=True)
        ]
        return self.assignments + added, created

    def _require_one_write(self, new_slots: int) -> None:
        """Raise ContextTooLarge if the values are on more pages than one write sets."""
        pages = {each.slot // VALUES_PER_PAGE for each in self.assignments}
        # New slots are consecutive, and the first can be the last of a page.
        new_pages = (new_slots + 2 * (VALUES_PER_PAGE - 1)) // VALUES_PER_PAGE if new_slots else 0
        if len(pages) + new_pages > MAX_PAGES_PER_WRITE:
            raise ContextTooLarge(f"{MAX_PAGES_PER_WRITE} pages of {VALUES_PER_PAGE} values")


def lookup_names(values: Collection[str]) -> list[str]:
    """Return the names that are valid, and so can have a definition.

    Raises:
        TooManyVariables: There are too many names.

    """
    if len(values) > MAX_VARIABLES_PER_REQUEST:
        raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
    return [name for name in values if is_variable_name(name)]


def plan_assignments(
    caller: Caller,
    context_type: ContextType,
    values: Mapping[str, SentValue],
    known: Mapping[str, Definition | Tombstone],
    rules: SetRules,
) -> Plan:
    """Validate every value against its definition.

    A value of None removes the value of a variable. `known` has the definitions and tombstones of
    the names.

    Raises:
        UndefinedVariable: A name has no definition that the caller sees, and the rules do not
            create it, or it is not a valid name.
        InvalidValue: A value does not fit the type of its definition.

    """
    plan = Plan([], [])
    for name, sent in values.items():
        value = sent.value if isinstance(sent, SourcedValue) else sent
        found = known.get(name)
        if isinstance(found, Definition):
            assignment = _with_source(_validated(caller, found, value, rules), sent)
            if not gets_values(caller, found.audience):
                assignment = replace(assignment, is_blind=True)
            plan.assignments.append(assignment)
        elif not rules.create_undefined:
            unknown = unknown_name(context_type, name, found)
            raise UndefinedVariable(name, _UNDEFINED, unknown)
        elif not is_variable_name(name):
            raise UndefinedVariable(name, NAME_RULE)
        elif value is not None:
            plan.drafts.append((*_infer_draft(context_type, name, value, rules), sent))
        elif found is not None and caller.sees(found.audience):
            plan.assignments.append(_with_source(_removal(found), sent))
    return plan


def unknown_name(
    context_type: ContextType, name: str, found: Definition | Tombstone | None
) -> UnknownName | None:
    """Return the name to record as unknown.

    None if it belongs to a definition, or to a deleted one with an owner or a team.
    """
    if isinstance(found, Definition):
        return None
    if found is not None and (found.audience.owner, found.audience.team) != (None, None):
        return None
    return UnknownName(context_type, name)


def _validated(
    caller: Caller, definition: Definition, value: JsonValue, rules: SetRules
) -> Assignment:
    if not caller.sees(definition):
        raise UndefinedVariable(definition.name, _why_unseen(caller, definition, rules))
    if value is None:
        require_removable(definition)
        return make_assignment(definition, None)
    try:
        coerced = coerce_value(definition, value)
    except InvalidValue:
        if not rules.keep_invalid:
            raise
        return _stored_as_text(definition, value)
    if rules.verbatim and to_text(coerced) != to_text(value):
        return _stored_as_text(definition, value)
    return make_assignment(definition, coerced)


def require_removable(definition: Definition) -> None:
    """Raise InvalidValue if the values of a variable cannot be removed."""
    if definition.is_required:
        raise InvalidValue(definition.name, definition.variable_type, "it is required")


def _why_unseen(caller: Caller, definition: Definition, rules: SetRules) -> str:
    if caller.sees_even_archived(definition):
        return "it is archived"
    # The same as for an unknown name, unless that would have been created.
    return "the name is taken" if rules.create_undefined else _UNDEFINED


def _removal(deleted: Tombstone) -> Assignment:
    return Assignment(
        deleted.slot, deleted.name, VariableType.TEXT, None, precedence=deleted.precedence
    )


def _stored_as_text(definition: Definition, value: JsonValue) -> Assignment:
    as_text = replace(definition, variable_type=VariableType.TEXT)
    return make_assignment(as_text, coerce_to_type(as_text, to_text(value)))


def make_assignment(definition: Definition, value: Value | None) -> Assignment:
    """Build the assignment of a validated value; None removes the stored one."""
    return Assignment(
        definition.slot,
        definition.name,
        definition.variable_type,
        value,
        precedence=definition.precedence,
        stale_after_seconds=definition.replaceable_after_seconds,
    )


def _with_source(assignment: Assignment, sent: SentValue) -> Assignment:
    if not isinstance(sent, SourcedValue):
        return assignment
    return replace(
        assignment,
        source=sent.source,
        confidence=sent.confidence,
        evidence=sent.evidence,
    )


def _infer_draft(
    context_type: ContextType, name: str, value: JsonValue, rules: SetRules
) -> tuple[DefinitionDraft, Value]:
    if rules.new_as_text:
        return _draft_of_type(context_type, name, VariableType.TEXT, to_text(value))
    try:
        return _draft_of_type(context_type, name, infer_type(name, value), value)
    except InvalidValue:
        if not rules.keep_invalid:
            raise
    as_text = to_text(value)
    return _draft_of_type(context_type, name, infer_type(name, as_text), as_text)


def _draft_of_type(
    context_type: ContextType, name: str, variable_type: VariableType, value: JsonValue
) -> tuple[DefinitionDraft, Value]:
    draft = DefinitionDraft(
        name=name,
        display_name=display_name(name),
        variable_type=variable_type,
        context_type=context_type,
        precedence=DEFAULT_PRECEDENCE,
        auto_created=True,
    )
    return draft, coerce_value(draft, value)
