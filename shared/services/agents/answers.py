"""Build what an agent gets for a call from what is stored. Pure functions."""

import hashlib
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from shared.domain.accounts import Caller
from shared.domain.agents import CompiledAgent, DeclaredVariable, Origin
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.definitions import ContextType, Definition, Tombstone, WhenStale
from shared.domain.disclosure import Assurance
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue
from shared.domain.option_labels import as_defined
from shared.domain.records import dataclass
from shared.domain.resolutions import (
    CallerMatch,
    ResolvedCall,
    UnknownReason,
    ValueOrigin,
    WantedCall,
)
from shared.domain.values import StoredValue
from shared.services.agents.declarations import declared_for
from shared.services.variables.visibility import reason_withheld, unexpired
from shared.validation.message_templates import render
from shared.validation.value_forms import plain_form
from shared.validation.values import coerce_to_type

ASSURANCE = "assurance"
"""The reason for which a value is withheld from a caller who may be another person."""

_CALL_ID_CHARS = 32
_WITHOUT_DEFINITION = (VariableState.UNSET, VariableState.FALLBACK, VariableState.WITHHELD)
"""The states of variables that have nothing of the contact, the business or the definition."""


@dataclass(frozen=True, slots=True)
class StoredContext:
    """The values that a call is answered from, by slot."""

    contact: Mapping[int, StoredValue] = field(default_factory=dict)
    business: Mapping[int, StoredValue] = field(default_factory=dict)

    def value_of(self, definition: Definition) -> StoredValue | None:
        """Return the value of a variable, or None."""
        is_business = definition.context_type is ContextType.BUSINESS
        found = (self.business if is_business else self.contact).get(definition.slot)
        return as_defined(found, definition) if found is not None else None


def call_id_of(account_id: str, wanted: WantedCall) -> str | None:
    """Return our id of a call: the same for every retry. None for a call without an id."""
    if wanted.call_id is None:
        return None
    parts = (account_id, wanted.scope or wanted.agent_id, wanted.call_id)
    digest = hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()
    return f"call_{digest[:_CALL_ID_CHARS]}"


def answer_of(
    caller: Caller,
    compiled: CompiledAgent,
    wanted: WantedCall,
    match: CallerMatch,
    stored: StoredContext,
) -> ResolvedCall:
    """Build the answer from what is stored."""
    variables, origins = [], {}
    shown: dict[Origin, JsonValue] = {}
    for declared in compiled.agent.variables:
        definition = compiled.definitions.get(declared.origin)
        seen = definition if definition and caller.sees(definition.audience) else None
        reason = _reason_withheld(caller, seen, wanted.assurance)
        value = stored.value_of(seen) if seen and reason is None else None
        value = unexpired(caller, value)
        if value is not None and declared.origin not in shown:
            # Once for all names of a variable, as its value may be large.
            shown[declared.origin] = _shown(value)
        form = shown.get(declared.origin)
        variables.append(_resolved(declared, seen, value, form, caller.requested_at, reason))
        origins[declared.name] = _origin(declared, seen, value)
    return _call(caller, compiled, wanted, match, tuple(variables), origins)


def unavailable_answer(caller: Caller, compiled: CompiledAgent, wanted: WantedCall) -> ResolvedCall:
    """Build the answer for when storage does not answer: fallbacks and defaults."""
    compiled = declared_for(caller, compiled)
    variables, origins = [], {}
    for declared in compiled.agent.variables:
        definition = compiled.definitions.get(declared.origin)
        seen = definition if definition and caller.sees(definition.audience) else None
        reason = _reason_withheld(caller, seen, wanted.assurance)
        without = _resolved(declared, seen, None, None, caller.requested_at, reason)
        # Whether there is a value to withhold or to ask for is not known.
        unavailable = VariableState.UNAVAILABLE
        variables.append(replace(without, state=unavailable, reason=None, question=None))
        origins[declared.name] = ValueOrigin(declared.origin)
    match = CallerMatch(reason=UnknownReason.UNAVAILABLE)
    return _call(caller, compiled, wanted, match, tuple(variables), origins)


def with_caller(call: ResolvedCall, match: CallerMatch) -> ResolvedCall:
    """Return an answer with the contact that was created for its caller."""
    contact_id = contact_reference(match)
    return replace(call, caller=match, resolution=replace(call.resolution, contact_id=contact_id))


def definitions_of_agent(
    compiled: CompiledAgent, call: ResolvedCall
) -> Mapping[str, Definition | Tombstone]:
    """Return the definitions of an agent for the variables in an answer, by declared name.

    Omits variables that the agent does not declare. Reads nothing.
    """
    by_slot = {(key.context_type, each.slot): each for key, each in compiled.definitions.items()}
    found = {}
    for name, origin in call.origins.items():
        definition = (
            compiled.definitions.get(origin.origin)
            if origin.slot is None
            else by_slot.get((origin.origin.context_type, origin.slot))
        )
        if definition is not None:
            found[name] = definition
    return found


def gets_all_of(
    caller: Caller,
    compiled: CompiledAgent,
    known: Mapping[str, Definition | Tombstone],
    first: ResolvedCall,
    assurance: Assurance,
) -> bool:
    """Return whether a caller gets every value in the first answer of a call now.

    Another API key may have asked first, with a higher assurance, and audiences may have changed
    since. The caller must see every name too, unless the agent declares it: one of a purpose
    declares what the caller sees, and may have become one that lists its variables.

    Args:
        caller: The caller.
        compiled: The agent.
        known: The current definitions of the variables in the answer, by declared name.
        first: The first answer.
        assurance: How sure it is now that the caller is the contact.
    """
    declared = {each.name: each.origin for each in compiled.agent.variables}
    for each in first.resolution.variables:
        is_without_definition = each.state in _WITHOUT_DEFINITION
        origin = first.origins[each.name]
        if is_without_definition and declared.get(each.name) == origin.origin:
            continue
        definition = known.get(each.name)
        if not isinstance(definition, Definition) or not caller.sees(definition.audience):
            return False
        if is_without_definition:
            continue
        if _reason_withheld(caller, definition, assurance) is not None:
            return False
        set_at = origin.updated_at
        if set_at and definition.audience.has_expired(set_at, caller.requested_at):
            return False
    return True


def contact_reference(match: CallerMatch) -> str | None:
    """Return the id of a contact as APIs show it, or None."""
    return None if match.contact_id is None else f"contact_{match.contact_id}"


def _call(
    caller: Caller,
    compiled: CompiledAgent,
    wanted: WantedCall,
    match: CallerMatch,
    variables: tuple[ResolvedVariable, ...],
    origins: Mapping[str, ValueOrigin],
) -> ResolvedCall:
    agent = compiled.agent
    by_name = {each.name: each.value for each in variables}
    with_questions = [each for each in compiled.definitions.values() if each.question is not None]
    message = None if agent.first_message is None else render(agent.first_message, by_name.get)
    resolution = Resolution(
        call=call_id_of(caller.account_id, wanted),
        contact_id=contact_reference(match),
        variables=variables,
        first_message=message,
        voice=agent.voice,
        language=agent.language,
        settings=agent.settings,
        may_ask=any(caller.sees(each.audience) for each in with_questions),
    )
    return ResolvedCall(
        agent_id=agent.agent_id,
        caller=match,
        resolution=resolution,
        origins=origins,
        assurance=wanted.assurance,
        as_of=caller.requested_at,
        key_id=caller.key_id,
        request_id=caller.request_id,
    )


def _reason_withheld(
    caller: Caller, definition: Definition | None, assurance: Assurance
) -> str | None:
    """Return why an agent does not get the value of a variable that its key sees, or None."""
    if definition is None:
        return None
    reason = reason_withheld(caller, definition.audience)
    if reason is not None:
        return reason.value
    if definition.min_assurance is Assurance.NONE:
        return None
    return ASSURANCE if assurance.rank < definition.min_assurance.rank else None


def _resolved(
    declared: DeclaredVariable,
    definition: Definition | None,
    value: StoredValue | None,
    shown: JsonValue,
    now: datetime,
    reason: str | None,
) -> ResolvedVariable:
    if reason is not None:
        fallback = _fallback(declared, definition)
        return ResolvedVariable(declared.name, fallback, VariableState.WITHHELD, reason)
    if definition is None or value is None:
        return _without_value(declared, definition)
    if _is_stale(definition, value, now):
        return _stale(declared, definition, shown)
    return ResolvedVariable(declared.name, shown, VariableState.SET)


def _without_value(declared: DeclaredVariable, definition: Definition | None) -> ResolvedVariable:
    default = _default(definition)
    if default is not None:
        return ResolvedVariable(declared.name, default, VariableState.DEFAULT)
    fallback = _fallback(declared, definition)
    state = VariableState.UNSET if fallback is None else VariableState.FALLBACK
    question = None if definition is None else definition.question
    return ResolvedVariable(declared.name, fallback, state, question=question)


def _stale(
    declared: DeclaredVariable, definition: Definition, shown: JsonValue
) -> ResolvedVariable:
    when_stale = definition.when_stale
    is_omitted = when_stale is WhenStale.OMIT
    is_asked = when_stale in (WhenStale.ASK, WhenStale.OMIT)
    return ResolvedVariable(
        declared.name,
        _without_value(declared, definition).value if is_omitted else shown,
        VariableState.STALE,
        question=definition.question if is_asked else None,
        when_stale=None if when_stale is WhenStale.USE else when_stale.value,
    )


def _shown(value: StoredValue) -> JsonValue:
    return plain_form(value.variable_type, value.value)


def _fallback(declared: DeclaredVariable, definition: Definition | None) -> str | None:
    if declared.fallback is not None or definition is None:
        return declared.fallback
    return definition.fallback


def _is_stale(definition: Definition, value: StoredValue, now: datetime) -> bool:
    seconds = definition.stale_after_seconds
    return seconds is not None and value.updated_at + timedelta(seconds=seconds) <= now


def _default(definition: Definition | None) -> JsonValue:
    if definition is None or definition.default_value is None:
        return None
    try:
        coerced = coerce_to_type(definition, definition.default_value)
    except InvalidValue:
        # Definitions of other APIs may have a default of another type.
        return definition.default_value
    return plain_form(definition.variable_type, coerced)


def _origin(
    declared: DeclaredVariable, definition: Definition | None, value: StoredValue | None
) -> ValueOrigin:
    slot = None if definition is None else definition.slot
    if value is None:
        return ValueOrigin(declared.origin, slot=slot)
    return ValueOrigin(declared.origin, value.source, value.updated_at, value.set_by, slot)
