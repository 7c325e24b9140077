"""Read the variables of a contact or of the business, with their entity tags."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from shared.domain.accounts import Audience, Caller
from shared.domain.contacts import Contacts
from shared.domain.definitions import ContextType, Definition, Definitions
from shared.domain.disclosure import Withheld
from shared.domain.entity_tags import EntityTag, digest_of, shown_parts, version_of_all
from shared.domain.errors import ContactNotFound, PermissionDenied, VariableNotSet
from shared.domain.key_ids import KeyIds
from shared.domain.sources import key_fingerprint
from shared.domain.subject_variables import (
    AttributedValue,
    SubjectVariables,
    VariablesQuery,
    WithheldVariable,
)
from shared.domain.values import BUSINESS, StoredValue, Subject, Variables
from shared.services.contacts.contacts import contact_with_all_values
from shared.services.variables.definitions import list_definitions
from shared.services.variables.visibility import (
    gets_values,
    reason_withheld,
    unexpired,
    visible_values,
)
from shared.validation.names import is_variable_name

_LACKING = {
    Withheld.PURPOSE: "a purpose for which '{}' may be read",
    Withheld.SENSITIVITY: "clearance for the sensitivity of '{}'",
}
"""What a key lacks, by the reason to withhold a value."""


def list_contact_variables(
    contacts: Contacts,
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    contact_id: int,
    wanted: VariablesQuery,
) -> SubjectVariables:
    """List the variables of a contact; raises ContactNotFound."""
    stored = contact_with_all_values(contacts, caller, contact_id).values
    return _list(definitions, key_ids, caller, ContextType.CONTACT, stored, wanted)


def list_business_variables(
    variables: Variables,
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    wanted: VariablesQuery,
) -> SubjectVariables:
    """List the variables of the business."""
    stored = variables.list(caller.account_id, BUSINESS)
    return _list(definitions, key_ids, caller, ContextType.BUSINESS, stored, wanted)


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
        PermissionDenied: The values of the variable are withheld from the caller.

    """
    found = variables.find(caller.account_id, subject, [name] if is_variable_name(name) else [])
    if subject.context_type is ContextType.CONTACT and (
        found.contact is None or not caller.sees(found.contact)
    ):
        raise ContactNotFound(subject.subject_id)
    known = found.definitions.get(name)
    if known is None or not caller.sees(known.audience):
        raise VariableNotSet(name)
    require_value(caller, name, known.audience)
    value = unexpired(caller, variables.find_value(caller.account_id, subject, known))
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


def require_value(caller: Caller, name: str, audience: Audience) -> None:
    """Raise PermissionDenied if the values of a variable are withheld from the caller."""
    reason = reason_withheld(caller, audience)
    if reason is not None:
        raise PermissionDenied(_LACKING[reason].format(name))


def _list(
    definitions: Definitions,
    key_ids: KeyIds,
    caller: Caller,
    context_type: ContextType,
    stored: Sequence[StoredValue],
    wanted: VariablesQuery,
) -> SubjectVariables:
    stored = [each for each in stored if unexpired(caller, each)]
    values = visible_values(caller, stored)
    shown = tuple(each for each in values if wanted.wants(each.name))
    withheld = {each.name: each for each in _withheld(caller, stored) if wanted.wants(each.name)}
    unset: tuple[Definition, ...] | None = None
    if wanted.with_unset:
        without_value = _without_value(definitions, caller, context_type, stored, wanted)
        unset = tuple(each for each in without_value if gets_values(caller, each.audience))
        withheld |= {each.name: each for each in _withheld(caller, without_value)}
    parts = [part for each in shown for part in shown_parts(each)]
    parts += [(each.name, each.variable_type.value) for each in unset or ()]
    parts += [(each.name, each.reason.value) for each in withheld.values()]
    tag = EntityTag(version_of_all(values), digest_of(parts))
    return SubjectVariables(
        attribute(key_ids, caller, shown), unset, tag, withheld=tuple(withheld.values())
    )


def _without_value(
    definitions: Definitions,
    caller: Caller,
    context_type: ContextType,
    stored: Iterable[StoredValue],
    wanted: VariablesQuery,
) -> list[Definition]:
    """Return the wanted definitions without a value, in order of id."""
    is_set = {each.slot for each in stored}
    return [
        each
        for each in list_definitions(definitions, caller, (context_type,))
        if each.slot not in is_set and wanted.wants(each.name)
    ]


def _withheld(
    caller: Caller, given: Iterable[StoredValue | Definition]
) -> Iterator[WithheldVariable]:
    for each in given:
        reason = reason_withheld(caller, each.audience)
        if reason is not None and caller.sees(each.audience):
            yield WithheldVariable(each.name, each.variable_type, reason)
