"""Build what an agent gets for a call from what is stored. Pure functions."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.domain.accounts import Caller
from shared.domain.agents import CompiledAgent, DeclaredVariable
from shared.domain.calls import Resolution, ResolvedVariable, VariableState
from shared.domain.definitions import ContextType, Definition
from shared.domain.errors import InvalidValue
from shared.domain.json_values import JsonValue
from shared.domain.resolutions import (
    CallerMatch,
    ResolvedCall,
    UnknownReason,
    ValueOrigin,
    WantedCall,
)
from shared.domain.values import StoredValue
from shared.services.variables.visibility import gets, reason_withheld
from shared.validation.message_templates import render
from shared.validation.value_forms import plain_form
from shared.validation.values import coerce_value

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
        return (self.business if is_business else self.contact).get(definition.slot)


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
    for declared in compiled.agent.variables:
        definition = compiled.definitions.get(declared.origin)
        seen = definition if definition and caller.sees(definition.audience) else None
        value = _visible_value(caller, seen, stored)
        variables.append(_resolved(caller, declared, seen, value))
        origins[declared.name] = _origin(declared, value)
    return _call(caller, compiled, wanted, match, tuple(variables), origins)


def unavailable_answer(caller: Caller, compiled: CompiledAgent, wanted: WantedCall) -> ResolvedCall:
    """Build the answer for when storage does not answer: fallbacks and defaults."""
    variables, origins = [], {}
    for declared in compiled.agent.variables:
        definition = compiled.definitions.get(declared.origin)
        seen = definition if definition and caller.sees(definition.audience) else None
        without = _resolved(caller, declared, seen, None)
        variables.append(replace(without, state=VariableState.UNAVAILABLE, reason=None))
        origins[declared.name] = ValueOrigin(declared.origin)
    match = CallerMatch(reason=UnknownReason.UNAVAILABLE)
    return _call(caller, compiled, wanted, match, tuple(variables), origins)


def with_caller(call: ResolvedCall, match: CallerMatch) -> ResolvedCall:
    """Return an answer with the contact that was created for its caller."""
    contact_id = contact_reference(match)
    return replace(call, caller=match, resolution=replace(call.resolution, contact_id=contact_id))


def gets_all_of(caller: Caller, compiled: CompiledAgent, first: ResolvedCall) -> bool:
    """Return whether a caller gets every value in the first answer of a call now.

    Another API key may have asked first, and audiences may have changed since.
    """
    for each in first.resolution.variables:
        if each.state in _WITHOUT_DEFINITION:
            continue
        definition = compiled.definitions.get(first.origins[each.name].origin)
        if definition is None or not gets(caller, definition.audience):
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
    message = None if agent.first_message is None else render(agent.first_message, by_name.get)
    resolution = Resolution(
        call=call_id_of(caller.account_id, wanted),
        contact_id=contact_reference(match),
        variables=variables,
        first_message=message,
        voice=agent.voice,
        language=agent.language,
        settings=agent.settings,
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


def _visible_value(
    caller: Caller, definition: Definition | None, stored: StoredContext
) -> StoredValue | None:
    if definition is None or not gets(caller, definition.audience):
        return None
    return stored.value_of(definition)


def _resolved(
    caller: Caller,
    declared: DeclaredVariable,
    definition: Definition | None,
    value: StoredValue | None,
) -> ResolvedVariable:
    reason = reason_withheld(caller, definition.audience) if definition else None
    if reason is not None:
        withheld = VariableState.WITHHELD
        return ResolvedVariable(declared.name, declared.fallback, withheld, reason)
    if value is not None:
        is_stale = definition is not None and _is_stale(definition, value, caller.requested_at)
        state = VariableState.STALE if is_stale else VariableState.SET
        shown = plain_form(value.variable_type, value.value)
        return ResolvedVariable(declared.name, shown, state)
    default = _default(definition)
    if default is not None:
        return ResolvedVariable(declared.name, default, VariableState.DEFAULT)
    if declared.fallback is not None:
        return ResolvedVariable(declared.name, declared.fallback, VariableState.FALLBACK)
    return ResolvedVariable(declared.name, None, VariableState.UNSET)


def _is_stale(definition: Definition, value: StoredValue, now: datetime) -> bool:
    seconds = definition.stale_after_seconds
    return seconds is not None and value.updated_at + timedelta(seconds=seconds) <= now


def _default(definition: Definition | None) -> JsonValue:
    if definition is None or definition.default_value is None:
        return None
    try:
        coerced = coerce_value(definition, definition.default_value)
    except InvalidValue:
        # Definitions of other APIs may have a default of another type.
        return definition.default_value
    return plain_form(definition.variable_type, coerced)


def _origin(declared: DeclaredVariable, value: StoredValue | None) -> ValueOrigin:
    if value is None:
        return ValueOrigin(declared.origin)
    return ValueOrigin(declared.origin, value.source, value.updated_at, value.set_by)
