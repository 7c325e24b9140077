"""Variables: set, list and remove them on contacts, conversations and the business."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat

from shared.domain.accounts import Caller
from shared.domain.contact_lists import TextFilter
from shared.domain.contacts import ContactSummary
from shared.domain.errors import (
    ContactNotFound,
    InvalidValue,
    TooManyVariables,
    UndefinedVariable,
    VariableNotSet,
)
from shared.domain.variables import (
    BUSINESS,
    Assignment,
    ContextType,
    Definition,
    DefinitionDraft,
    Definitions,
    JsonObject,
    JsonValue,
    SetRules,
    SetVariable,
    StoredValue,
    Subject,
    Tombstone,
    Value,
    VariableLookup,
    Variables,
    VariableType,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.definitions import (
    find_definition,
    find_definitions_by_names,
    number_definitions,
)
from shared.services.variables.visibility import visible_values
from shared.validation.names import NAME_RULE, display_name, is_variable_name
from shared.validation.value_text import to_text
from shared.validation.values import MAX_VARIABLES_PER_REQUEST, coerce_value, infer_type


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set will write: values of known variables, and new variables with their values."""

    assignments: list[Assignment]
    drafts: list[tuple[DefinitionDraft, Value]]

    def number(
        self,
        definitions: Definitions,
        account_id: str,
        known: Mapping[str, Definition | Tombstone],
    ) -> tuple[list[Assignment], list[Definition]]:
        """All assignments, and the definitions made for them, now that these get numbers."""
        drafts = [draft for draft, _ in self.drafts]
        created = number_definitions(definitions, account_id, drafts, known)
        values = (value for _, value in self.drafts)
        made = [_assignment(new, value) for new, value in zip(created, values, strict=True)]
        return self.assignments + made, created


def set_contact_variables(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    contact_id: int,
    values: JsonObject,
    rules: SetRules,
    found_before: VariableLookup | None = None,
) -> list[SetVariable]:
    """Set variables of one contact, all or none; None removes a variable.

    Gives those that have a value now, in the order of `values`.
    `found_before` is what the caller of this has read just now: it is read again only when it
    has changed meanwhile.
    Raises ContactNotFound, UndefinedVariable, InvalidValue, TooManyVariables.
    """
    subject = Subject.contact(contact_id)
    names = lookup_names(values)
    reads = chain([found_before] if found_before else [], repeat(None))

    def attempt() -> list[SetVariable]:
        found = next(reads) or variables.find(caller.account_id, subject, names)
        if found.contact is None or not caller.sees(found.contact):
            raise ContactNotFound(str(contact_id))
        return assign(variables, definitions, caller, subject, values, found.definitions, rules)

    return retry_on_conflict(attempt)


def set_business_variables(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    values: JsonObject,
    rules: SetRules,
) -> None:
    """Set variables of the account's business profile, all or none; None removes a variable.

    Raises UndefinedVariable, InvalidValue, TooManyVariables.
    """

    def attempt() -> None:
        found = variables.find(caller.account_id, BUSINESS, lookup_names(values))
        assign(variables, definitions, caller, BUSINESS, values, found.definitions, rules)

    retry_on_conflict(attempt)


def assign(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    subject: Subject,
    values: Mapping[str, JsonValue],
    known: Mapping[str, Definition | Tombstone],
    rules: SetRules,
) -> list[SetVariable]:
    """Set variables of a subject that was found, of which `known` tells what the names stand for.

    Gives those that have a value now, in the order of `values`.
    Raises UndefinedVariable, InvalidValue, or WriteConflict when something changed meanwhile.
    """
    plan = plan_assignments(caller, subject.context_type, values, known, rules)
    assignments, created = plan.number(definitions, caller.account_id, known)
    if not assignments:
        return []
    variables.save(
        caller.account_id,
        subject,
        assignments,
        created,
        caller.attribution,
        in_parts=rules.in_parts,
    )
    kept = {each.name: each.value for each in assignments if each.value is not None}
    defined = [*(each for each in known.values() if isinstance(each, Definition)), *created]
    by_name = {each.name: each for each in defined}
    return [SetVariable(by_name[name], kept[name]) for name in values if name in kept]


def list_defined_variables(
    variables: Variables, definitions: Definitions, caller: Caller, subject: Subject
) -> list[tuple[Definition, StoredValue]]:
    """Every value kept on a subject that the caller was found to see, with its definition.

    Values are left out whose definition was deleted, or is not the caller's to see. Before that,
    all is read again: a definition can take another name between the two reads.
    """
    left_out: set[str] = set()
    while True:
        values = visible_values(caller, variables.list(caller.account_id, subject))
        names = {each.name for each in values}
        found = find_definitions_by_names(definitions, caller, subject.context_type, names)
        if names - found.keys() <= left_out:
            return [(found[each.name], each) for each in values if each.name in found]
        left_out |= names - found.keys()


def get_variable(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    subject: Subject,
    reference: int | str,
) -> tuple[Definition, StoredValue]:
    """The value of one variable on a subject that the caller was found to see.

    `reference` is the definition's id or its external id.
    Raises DefinitionNotFound or VariableNotSet.
    """
    definition = find_definition(definitions, caller, reference, (subject.context_type,))
    found = variables.find_value(caller.account_id, subject, definition)
    if found is None:
        raise VariableNotSet(definition.name)
    return definition, found


def clear_variables(variables: Variables, caller: Caller, subject: Subject) -> None:
    """Remove the values that the caller sees from a subject that the caller was found to see.

    Values of variables that are hidden from the caller stay.
    """
    retry_on_conflict(
        lambda: variables.clear(caller.account_id, subject, caller.attribution, caller.sees)
    )


def values_of_many(
    variables: Variables, caller: Caller, contact_ids: Sequence[int], definition: Definition
) -> dict[int, StoredValue]:
    """The values of one variable on contacts that the caller was found to see, by contact."""
    return variables.values_of_many(caller.account_id, contact_ids, definition)


def contacts_with_text(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    contacts: list[ContactSummary],
    wanted: TextFilter | None,
) -> list[ContactSummary]:
    """Those of the contacts that the caller was found to see which the filter takes, or all."""
    if wanted is None:
        return contacts
    names = [name for name in wanted.names if is_variable_name(name)]
    found = find_definitions_by_names(definitions, caller, ContextType.CONTACT, names)
    definition = next((found[name] for name in names if name in found), None)
    if definition is None:
        return []
    ids = [contact.contact_id for contact in contacts]
    values = values_of_many(variables, caller, ids, definition)
    having = {each for each, stored in values.items() if to_text(stored.value) == wanted.text}
    return [contact for contact in contacts if contact.contact_id in having]


def lookup_names(values: Collection[str]) -> list[str]:
    """The names that can have a definition; the others need not be looked up.

    Raises TooManyVariables before any of them costs a read.
    """
    if len(values) > MAX_VARIABLES_PER_REQUEST:
        raise TooManyVariables(MAX_VARIABLES_PER_REQUEST)
    return [name for name in values if is_variable_name(name)]


def plan_assignments(
    caller: Caller,
    context_type: ContextType,
    values: Mapping[str, JsonValue],
    known: Mapping[str, Definition | Tombstone],
    rules: SetRules,
) -> Plan:
    """Hold every value against its definition before anything is written.

    Raises UndefinedVariable or InvalidValue for the first that does not hold.
    """
    plan = Plan([], [])
    for name, value in values.items():
        match known.get(name):
            case Definition() as definition:
                plan.assignments.append(_assign(caller, definition, value, rules))
            case _ if not rules.create_undefined:
                raise UndefinedVariable(name, "it has no definition")
            case Tombstone() as deleted if value is None:
                if caller.sees(deleted.audience):
                    removal = Assignment(deleted.slot, name, VariableType.TEXT, None)
                    plan.assignments.append(removal)
            case _ if value is not None:
                plan.drafts.append(_draft(context_type, name, value, rules))
    return plan


def _assign(
    caller: Caller, definition: Definition, value: JsonValue, rules: SetRules
) -> Assignment:
    if not caller.sees(definition):
        raise UndefinedVariable(definition.name, "it has no definition that this key can use")
    if value is None:
        return _assignment(definition, None)
    try:
        fit = coerce_value(definition, value)
    except InvalidValue:
        if not rules.keep_invalid:
            raise
        return _as_text(definition, value)
    if rules.keep_form and to_text(fit) != to_text(value):
        return _as_text(definition, value)
    return _assignment(definition, fit)


def _as_text(definition: Definition, value: JsonValue) -> Assignment:
    as_text = replace(definition, variable_type=VariableType.TEXT)
    return _assignment(as_text, coerce_value(as_text, to_text(value)))


def _assignment(definition: Definition, value: Value | None) -> Assignment:
    return Assignment(definition.slot, definition.name, definition.variable_type, value)


def _draft(
    context_type: ContextType, name: str, value: JsonValue, rules: SetRules
) -> tuple[DefinitionDraft, Value]:
    if not is_variable_name(name):
        raise UndefinedVariable(name, NAME_RULE)
    if rules.new_as_text:
        return _typed_draft(context_type, name, VariableType.TEXT, to_text(value))
    try:
        return _typed_draft(context_type, name, infer_type(name, value), value)
    except InvalidValue:
        if not rules.keep_invalid:
            raise
    as_text = to_text(value)
    return _typed_draft(context_type, name, infer_type(name, as_text), as_text)


def _typed_draft(
    context_type: ContextType, name: str, variable_type: VariableType, value: JsonValue
) -> tuple[DefinitionDraft, Value]:
    draft = DefinitionDraft(
        name=name,
        display_name=display_name(name),
        variable_type=variable_type,
        context_type=context_type,
    )
    return draft, coerce_value(draft, value)
