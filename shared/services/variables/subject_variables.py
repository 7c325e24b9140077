"""Read the variables of a contact or of the business, with their entity tags."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts
from shared.domain.definitions import ContextType, Definition, Definitions
from shared.domain.entity_tags import EntityTag, digest_of, shown_parts, version_of_all
from shared.domain.errors import ContactNotFound, VariableNotSet
from shared.domain.key_ids import KeyIds
from shared.domain.sources import key_fingerprint
from shared.domain.subject_variables import (
    AttributedValue,
    SubjectVariables,
    VariablesQuery,
)
from shared.domain.values import BUSINESS, StoredValue, Subject, Variables
from shared.services.contacts.contacts import get_contact
from shared.services.variables.definitions import list_definitions
from shared.services.variables.visibility import visible_values
from shared.validation.names import is_variable_name


def list_contact_variables(
    contacts: Contacts,
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    contact_id: int,
    wanted: VariablesQuery,
) -> SubjectVariables:
    """List the variables of a contact; raises ContactNotFound."""
    values = get_contact(contacts, caller, contact_id).values
    return _list(definitions, key_ids, caller, ContextType.CONTACT, values, wanted)


def list_business_variables(
    variables: Variables,
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    wanted: VariablesQuery,
) -> SubjectVariables:
    """List the variables of the business."""
    values = visible_values(caller, variables.list(caller.account_id, BUSINESS))
    return _list(definitions, key_ids, caller, ContextType.BUSINESS, values, wanted)


def list_conversation_variables(
    variables: Variables,
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    conversation_id: str,
    wanted: VariablesQuery,
) -> SubjectVariables:
    """List the variables of a conversation that the caller was found to see."""
    subject = Subject.conversation(conversation_id)
    values = visible_values(caller, variables.list(caller.account_id, subject))
    return _list(definitions, key_ids, caller, ContextType.CONVERSATION, values, wanted)


def get_variable_by_name(
    variables: Variables, key_ids: KeyIds, caller: Caller, subject: Subject, name: str
) -> AttributedValue:
    """Return the value of a variable of a contact or of the business.

    The value of a deleted variable is returned to callers who saw the variable.

    Raises:
        ContactNotFound: The caller sees no such contact.
        VariableNotSet: The variable has no value, or the caller sees no such variable.

    """
    found = variables.find(caller.account_id, subject, [name] if is_variable_name(name) else [])
    if subject.context_type is ContextType.CONTACT and (
        found.contact is None or not caller.sees(found.contact)
    ):
        raise ContactNotFound(subject.subject_id)
    known = found.definitions.get(name)
    if known is None or not caller.sees(known.audience):
        raise VariableNotSet(name)
    value = variables.find_value(caller.account_id, subject, known)
    if value is None:
        raise VariableNotSet(name)
    (attributed,) = attribute(key_ids, caller, [value])
    evidence = variables.find_evidence(caller.account_id, subject, value)
    return replace(attributed, evidence=evidence)


def attribute(
    key_ids: KeyIds, caller: Caller, values: Sequence[StoredValue]
) -> tuple[AttributedValue, ...]:
    """Find the API keys that set values. That of the caller needs no lookup."""
    own = {key_fingerprint(caller.key_id): caller.key_id}
    others = {each.set_by for each in values} - {*own, ""}
    known = {**(key_ids.find(caller.account_id, others) if others else {}), **own}
    return tuple(AttributedValue(each, known.get(each.set_by)) for each in values)


def _list(
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    context_type: ContextType,
    values: tuple[StoredValue, ...],
    wanted: VariablesQuery,
) -> SubjectVariables:
    shown = tuple(each for each in values if wanted.wants(each.name))
    unset = _unset(definitions, caller, context_type, values, wanted)
    parts = [part for each in shown for part in shown_parts(each)]
    parts += [(each.name, each.variable_type.value) for each in unset or ()]
    tag = EntityTag(version_of_all(values), digest_of(parts))
    return SubjectVariables(attribute(key_ids, caller, shown), unset, tag)


def _unset(
    definitions: Definitions,
    caller: Caller,
    context_type: ContextType,
    values: Iterable[StoredValue],
    wanted: VariablesQuery,
) -> tuple[Definition, ...] | None:
    if not wanted.with_unset:
        return None
    is_set = {each.slot for each in values}
    return tuple(
        each
        for each in list_definitions(definitions, caller, (context_type,))
        if each.slot not in is_set and wanted.wants(each.name)
    )
