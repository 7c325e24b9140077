"""Setting variables on a contact, on the business, or on a new contact."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from shared.domain.errors import ContactNotFound, InvalidValue, TooManyVariables, UndefinedVariable
from shared.domain.model import (
    BUSINESS,
    Assignment,
    Caller,
    ContextType,
    Definition,
    DefinitionDraft,
    JsonObject,
    JsonValue,
    SetRules,
    Subject,
    Tombstone,
    Value,
    VariableType,
)
from shared.domain.ports import Definitions, Variables
from shared.services.conflicts import until_settled
from shared.services.definitions import number_definitions
from shared.validation.names import NAME_RULE, display_name, is_variable_name
from shared.validation.text_form import text_form
from shared.validation.values import coerce_value, infer_type

MAX_VARIABLES_PER_REQUEST = 1000


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
) -> None:
    """Set variables of one contact, all or none; None removes a variable.

    Raises ContactNotFound, UndefinedVariable, InvalidValue, TooManyVariables.
    """

    def attempt() -> None:
        subject = Subject.contact(contact_id)
        found = variables.find(caller.account_id, subject, lookup_names(values))
        if found.contact is None or not caller.sees(found.contact):
            raise ContactNotFound(str(contact_id))
        plan = plan_assignments(caller, ContextType.CONTACT, values, found.definitions, rules)
        _write(variables, definitions, caller, subject, plan, found.definitions)

    until_settled(attempt)


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
        plan = plan_assignments(caller, ContextType.BUSINESS, values, found.definitions, rules)
        _write(variables, definitions, caller, BUSINESS, plan, found.definitions)

    until_settled(attempt)


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
            case Tombstone(name, slot) if value is None:
                removal = Assignment(slot, name, VariableType.TEXT, None)
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
        return _assignment(definition, coerce_value(definition, value))
    except InvalidValue:
        if not rules.keep_unfit:
            raise
        as_text = coerce_value(
            replace(definition, variable_type=VariableType.TEXT), text_form(value)
        )
        return Assignment(definition.slot, definition.name, VariableType.TEXT, as_text)


def _assignment(definition: Definition, value: Value | None) -> Assignment:
    return Assignment(definition.slot, definition.name, definition.variable_type, value)


def _draft(
    context_type: ContextType, name: str, value: JsonValue, rules: SetRules
) -> tuple[DefinitionDraft, Value]:
    if not is_variable_name(name):
        raise UndefinedVariable(name, NAME_RULE)
    try:
        return _typed_draft(context_type, name, value)
    except InvalidValue:
        if not rules.keep_unfit:
            raise
        return _typed_draft(context_type, name, text_form(value))


def _typed_draft(
    context_type: ContextType, name: str, value: JsonValue
) -> tuple[DefinitionDraft, Value]:
    draft = DefinitionDraft(
        name=name,
        display_name=display_name(name),
        variable_type=infer_type(name, value),
        context_type=context_type,
    )
    return draft, coerce_value(draft, value)


def _write(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    subject: Subject,
    plan: Plan,
    known: Mapping[str, Definition | Tombstone],
) -> None:
    assignments, created = plan.number(definitions, caller.account_id, known)
    if not assignments:
        return
    variables.save(caller.account_id, subject, assignments, created, caller.requested_at)
