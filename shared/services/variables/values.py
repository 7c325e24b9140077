"""Set, list and clear variables of contacts, conversations and the business profile."""

from collections.abc import Mapping, Sequence

from shared.domain.accounts import Caller
from shared.domain.contact_lists import TextFilter
from shared.domain.contacts import ContactSummary
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.errors import (
    ContactNotFound,
    VariableNotSet,
)
from shared.domain.values import (
    BUSINESS,
    SentValue,
    SetRules,
    StoredValue,
    Subject,
    VariableLookup,
    Variables,
    VariablesSet,
    WrittenVariable,
)
from shared.services.conflicts import retry_on_conflict
from shared.services.variables.assignments import lookup_names, plan_assignments
from shared.services.variables.definitions import (
    DefinitionAllocator,
    find_definition,
    find_definitions_by_names,
)
from shared.services.variables.visibility import gets_values, unexpired, visible_values
from shared.validation.names import is_variable_name
from shared.validation.value_text import to_text


def set_contact_variables(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    contact_id: int,
    values: Mapping[str, SentValue],
    rules: SetRules,
    found_before: VariableLookup | None = None,
) -> VariablesSet:
    """Set variables of one contact, all or none, unless the rules allow several writes.

    A value of None removes the value of a variable. `found_before` has the contact and definitions
    if they were just read; they are read again only after a conflict.

    Returns:
        The variables that have a value in the request, and what became a suggestion.

    Raises:
        ContactNotFound: The caller sees no such contact.
        UndefinedVariable: A variable has no definition, and the rules do not create it.
        InvalidValue: A value does not fit the type of its variable.
        TooManyVariables: There are too many values.
        TooManyDefinitions: The account would have more definitions than it may.
        ContextTooLarge: The values do not fit into one transaction, and the rules want one.
            Definitions that were created before the values stay.
        Unavailable: Other writers changed the contact during every attempt, or the storage did not
            respond in time. Definitions that were created before the values stay.

    """
    subject = Subject.contact(contact_id)
    names = lookup_names(values)
    just_read = found_before
    allocator = DefinitionAllocator(definitions, caller.account_id)

    def attempt() -> VariablesSet:
        nonlocal just_read
        found = just_read or variables.find(caller.account_id, subject, names)
        just_read = None
        if found.contact is None or not caller.sees(found.contact):
            raise ContactNotFound(str(contact_id))
        known = found.definitions
        return assign(variables, allocator, caller, subject, values, known, rules)

    return retry_on_conflict(attempt)


def set_business_variables(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    values: Mapping[str, SentValue],
    rules: SetRules,
) -> VariablesSet:
    """Set variables of the account's business profile; None removes a value.

    Sets all or none, unless the rules allow several writes.

    Returns:
        The variables that have a value in the request, and what became a suggestion.

    Raises:
        UndefinedVariable: A variable has no definition, and the rules do not create it.
        InvalidValue: A value does not fit the type of its variable.
        TooManyVariables: There are too many values.
        TooManyDefinitions: The account would have more definitions than it may.
        ContextTooLarge: The values do not fit into one transaction, and the rules want one.
            Definitions that were created before the values stay.
        Unavailable: Other writers changed the profile during every attempt, or the storage did not
            respond in time. Definitions that were created before the values stay.

    """
    allocator = DefinitionAllocator(definitions, caller.account_id)

    def attempt() -> VariablesSet:
        found = variables.find(caller.account_id, BUSINESS, lookup_names(values))
        known = found.definitions
        return assign(variables, allocator, caller, BUSINESS, values, known, rules)

    return retry_on_conflict(attempt)


def assign(
    variables: Variables,
    allocator: DefinitionAllocator,
    caller: Caller,
    subject: Subject,
    values: Mapping[str, SentValue],
    known: Mapping[str, Definition | Tombstone],
    rules: SetRules,
) -> VariablesSet:
    """Set variables of a subject that the caller was found to see.

    A value of None removes the value of a variable. `known` has the definitions and tombstones of
    the names. The attempts of a request have one allocator.

    Returns:
        The variables that have a value in the request, and what became a suggestion.

    Raises:
        UndefinedVariable: A variable has no definition, and the rules do not create it.
        InvalidValue: A value does not fit the type of its variable.
        TooManyDefinitions: The account would have more definitions than it may.
        WriteConflict: The contact is gone, another request is writing one of its pages, or
            another request created a definition with one of the new names.
        ContextTooLarge: The values do not fit into one transaction, and the rules want one.
            Definitions that were created before the values stay.
        Unavailable: The storage did not respond in time. Definitions that were created before the
            values stay.

    """
    plan = plan_assignments(caller, subject.context_type, values, known, rules)
    assignments, created = plan.allocate(
        allocator, known, several_transactions=rules.several_transactions
    )
    if not assignments:
        return VariablesSet(())
    suggestions = variables.save(
        caller.account_id,
        subject,
        assignments,
        created,
        caller.attribution,
        several_transactions=rules.several_transactions,
    )
    stored = {each.name: each.value for each in assignments if each.value is not None}
    defined = [*(each for each in known.values() if isinstance(each, Definition)), *created]
    by_name = {each.name: each for each in defined}
    shown = [WrittenVariable(by_name[name], stored[name]) for name in values if name in stored]
    return VariablesSet(shown, suggestions)


def list_defined_variables(
    variables: Variables, definitions: Definitions, caller: Caller, subject: Subject
) -> list[tuple[Definition, StoredValue]]:
    """List the values of a subject with their definitions.

    The caller must have been found to see the subject. Values without a visible definition are
    left out, but only after another read: a definition can be renamed between the reads of values
    and definitions.
    """
    undefined: set[str] = set()
    while True:
        values = visible_values(caller, variables.list(caller.account_id, subject))
        names = {each.name for each in values}
        known = find_definitions_by_names(definitions, caller, subject.context_type, names)
        slots = {each.name: each.slot for each in values}
        # A name can have passed to another variable between the reads.
        found = {name: each for name, each in known.items() if each.slot == slots[name]}
        if names - found.keys() <= undefined:
            return [(found[each.name], each) for each in values if each.name in found]
        undefined |= names - found.keys()


def get_variable(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    subject: Subject,
    reference: int | str,
) -> tuple[Definition, StoredValue]:
    """Return the value of one variable of a subject that the caller was found to see.

    `reference` is the id or external id of the definition.

    Raises:
        DefinitionNotFound: The caller sees no such definition.
        VariableNotSet: The subject has no value, or it is withheld from the caller.

    """
    definition = find_definition(definitions, caller, reference, (subject.context_type,))
    found = None
    if gets_values(caller, definition.audience):
        found = unexpired(caller, variables.find_value(caller.account_id, subject, definition))
    if found is None:
        raise VariableNotSet(definition.name)
    return definition, found


def clear_variables(variables: Variables, caller: Caller, subject: Subject) -> None:
    """Remove the values that the caller sees from a subject; hidden values stay.

    The caller must have been found to see the subject.
    """
    retry_on_conflict(
        lambda: variables.clear(caller.account_id, subject, caller.attribution, caller.sees)
    )


def values_of_many(
    variables: Variables, caller: Caller, contact_ids: Sequence[int], definition: Definition
) -> dict[int, StoredValue]:
    """Return the values of one variable by contact id, for contacts that the caller sees.

    Returns nothing if the values are withheld from the caller.
    """
    if not gets_values(caller, definition.audience):
        return {}
    found = variables.values_of_many(caller.account_id, contact_ids, definition)
    return {number: value for number, value in found.items() if unexpired(caller, value)}


def contacts_with_text(
    variables: Variables,
    definitions: Definitions,
    caller: Caller,
    contacts: list[ContactSummary],
    wanted: TextFilter | None,
) -> list[ContactSummary]:
    """Return the contacts whose variable has the wanted text, or all without a filter."""
    if wanted is None:
        return contacts
    names = [name for name in wanted.names if is_variable_name(name)]
    found = find_definitions_by_names(definitions, caller, ContextType.CONTACT, names)
    definition = next((found[name] for name in names if name in found), None)
    if definition is None:
        return []
    ids = [contact.contact_id for contact in contacts]
    values = values_of_many(variables, caller, ids, definition)
    matching = {each for each, stored in values.items() if to_text(stored.value) == wanted.text}
    return [contact for contact in contacts if contact.contact_id in matching]
