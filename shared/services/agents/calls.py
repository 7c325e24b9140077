"""Find calls, and explain where the values of their answers come from."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from shared.domain.accounts import Caller
from shared.domain.calls import ResolvedVariable, VariableState
from shared.domain.changes import Activity, VariableChange
from shared.domain.contacts import Contacts
from shared.domain.definitions import ContextType, Definition, Definitions, Tombstone
from shared.domain.errors import CallNotFound, VariableNotSet
from shared.domain.key_ids import KeyIds
from shared.domain.resolutions import Calls, ExplainedValue, ResolvedCall, ValueOrigin
from shared.services.variables.visibility import reason_withheld
from shared.validation.contacts import is_possible_identifier

MAX_CHANGES = 500
"""The most changes of a contact among which the request of a value is looked for."""

_NEWEST = 10**20


def find_call(
    calls: Calls, contacts: Contacts, definitions: Definitions, caller: Caller, call_id: str
) -> ResolvedCall:
    """Return the answer of a call, with the variables and values that the caller gets now.

    Raises:
        CallNotFound: There is no such call, or the caller sees no such contact any more.

    """
    is_possible = is_possible_identifier(call_id)
    call = calls.find(caller.account_id, call_id, caller.requested_at) if is_possible else None
    if call is None:
        raise CallNotFound(call_id)
    contact_id = call.caller.contact_id
    if contact_id is not None:
        contact = contacts.find_current(caller.account_id, contact_id)
        if contact is None or not caller.sees(contact):
            raise CallNotFound(call_id)
    known = answered_definitions(definitions, caller.account_id, call)
    seen = [_as_seen(caller, known, call, each) for each in call.resolution.variables]
    visible = tuple(each for each in seen if each is not None)
    # The first message may quote variables that the caller does not get.
    message = call.resolution.first_message if visible == call.resolution.variables else None
    return replace(
        call, resolution=replace(call.resolution, variables=visible, first_message=message)
    )


def answered_definitions(
    definitions: Definitions, account_id: str, call: ResolvedCall
) -> Mapping[str, Definition | Tombstone]:
    """Return the current definition of each variable in an answer, by its declared name.

    A variable that was renamed since is found by its slot. Omits variables whose name is now that
    of another variable.
    """
    found: dict[str, Definition | Tombstone] = {}
    for context_type in (ContextType.CONTACT, ContextType.BUSINESS):
        origins = {
            name: origin
            for name, origin in call.origins.items()
            if origin.origin.context_type is context_type
        }
        found |= _found(definitions, account_id, context_type, origins)
    return found


def explain(
    activity: Activity, key_ids: KeyIds, caller: Caller, call: ResolvedCall, name: str
) -> ExplainedValue:
    """Explain the value of a declared variable in the answer of a call.

    Raises:
        VariableNotSet: The call has no such variable.

    """
    found = next((each for each in call.resolution.variables if each.name == name), None)
    if found is None:
        raise VariableNotSet(name)
    origin = call.origins[name]
    key_id = None
    if origin.set_by:
        key_id = key_ids.find(caller.account_id, [origin.set_by]).get(origin.set_by)
    request_id = _request_of(activity, caller, call, origin)
    return ExplainedValue(call, found, origin, key_id, request_id)


def _found(
    definitions: Definitions,
    account_id: str,
    context_type: ContextType,
    origins: Mapping[str, ValueOrigin],
) -> Mapping[str, Definition | Tombstone]:
    if not origins:
        return {}
    names = {name: origin.origin.variable for name, origin in origins.items()}
    found = _of_names(definitions, account_id, context_type, origins, names)
    missing = {
        name: origin.slot
        for name, origin in origins.items()
        if name not in found and origin.slot is not None
    }
    if not missing:
        return found
    # Read only for a variable that was renamed or deleted since.
    current = definitions.slot_index(account_id, context_type).names
    renamed = {name: current[slot] for name, slot in missing.items() if current.get(slot)}
    if not renamed:
        return found
    return {**found, **_of_names(definitions, account_id, context_type, origins, renamed)}


def _of_names(
    definitions: Definitions,
    account_id: str,
    context_type: ContextType,
    origins: Mapping[str, ValueOrigin],
    names: Mapping[str, str],
) -> dict[str, Definition | Tombstone]:
    known = definitions.find_by_names(account_id, context_type, names.values())
    return {
        declared: known[name]
        for declared, name in names.items()
        if name in known and origins[declared].is_of(known[name].slot)
    }


def _as_seen(
    caller: Caller,
    known: Mapping[str, Definition | Tombstone],
    call: ResolvedCall,
    variable: ResolvedVariable,
) -> ResolvedVariable | None:
    """Return a variable of an answer without a withheld value, or None if it is hidden."""
    origin = call.origins[variable.name]
    definition = known.get(variable.name)
    if definition is None or not caller.sees(definition.audience):
        return None
    reason = reason_withheld(caller, definition.audience)
    if reason is None:
        set_at = origin.updated_at
        if set_at and definition.audience.has_expired(set_at, caller.requested_at):
            return ResolvedVariable(variable.name, None, VariableState.UNSET)
        return variable
    return ResolvedVariable(variable.name, None, VariableState.WITHHELD, reason)


def _request_of(
    activity: Activity, caller: Caller, call: ResolvedCall, origin: ValueOrigin
) -> str | None:
    """Return the request that set a value of a contact, from the newest of its activity."""
    contact_id = call.caller.contact_id
    if contact_id is None or origin.updated_at is None:
        return None
    if origin.origin.context_type is not ContextType.CONTACT:
        return None
    entries = activity.list(caller.account_id, contact_id, _NEWEST, caller.requested_at)
    for entry in islice(entries, MAX_CHANGES):
        # Entries are ordered by sequence. Clocks of writers differ, so an older time ends nothing.
        if entry.by.at == origin.updated_at and _is_of(entry.change, origin):
            return entry.by.request_id
    return None


def _is_of(change: VariableChange, origin: ValueOrigin) -> bool:
    if origin.slot is None:
        return change.variable == origin.origin.variable
    return change.slot == origin.slot
