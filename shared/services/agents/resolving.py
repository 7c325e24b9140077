"""Resolve the variables that an agent declares for a caller.

identifier ---> contact ids        begun beside the read of the API key
                  |
                  +--> contact with its pages  }
                  +--> agent, if not in memory }  at the same time
                       +--> business, if the agent declares variables of it
                  |
                  v
                answer --> contact of an unknown caller --> first answer of the call
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from shared.domain.accounts import Caller
from shared.domain.agents import Agents, CompiledAgent
from shared.domain.contacts import Contacts, Identifier
from shared.domain.deadlines import Pending, current_deadline
from shared.domain.definitions import ContextType, Definitions
from shared.domain.disclosure import Purpose
from shared.domain.errors import AgentNotFound, ContextError, Unavailable, WriteConflict
from shared.domain.records import dataclass
from shared.domain.resolutions import (
    CallerReads,
    CallerRecord,
    Calls,
    ResolvedCall,
    ResolveLog,
    UnknownReason,
    WantedCall,
)
from shared.domain.values import StoredValue
from shared.services.agents.answers import (
    StoredContext,
    answer_of,
    definitions_of_agent,
    gets_all_of,
    unavailable_answer,
    with_caller,
)
from shared.services.agents.declarations import declared_for
from shared.services.agents.matching import (
    candidate_of,
    create_caller,
    match_of,
    may_create,
    visible_record,
)
from shared.validation.contacts import is_possible_identifier

_BATCH_THREADS = 8


@dataclass(frozen=True, slots=True)
class Resolver:
    """What resolving needs."""

    agents: Agents
    callers: CallerReads
    contacts: Contacts
    definitions: Definitions
    calls: Calls
    log: ResolveLog


def resolve(resolver: Resolver, caller: Caller, wanted: WantedCall) -> ResolvedCall:
    """Return every variable that an agent declares for one caller.

    A call with an id gets the answer that it got first, if the caller of the API gets all that is
    in it. An unknown caller of such a call becomes a contact, if the request may create one.

    Raises:
        AgentNotFound: There is no such agent.
        Unavailable: Storage does not answer.

    """
    caller = _reading_for_agents(caller)
    found = candidate_of(resolver.callers, resolver.contacts, caller, wanted)
    record = _begin_to_read(resolver, caller, found)
    compiled = find_compiled(resolver, caller, wanted)
    business = partial(_business_values, resolver, caller, compiled)
    answer = _answer(resolver, caller, compiled, wanted, found, record, business)
    _offer(answer)
    if wanted.identifier is not None and may_create(caller, wanted, answer.caller):
        answer = _with_new_contact(resolver, caller, wanted.identifier, answer)
        _offer(answer)
    answer = _pinned(resolver, caller, compiled, answer)
    _offer(answer)
    return answer


def resolve_batch(
    resolver: Resolver, caller: Caller, wanted: Sequence[WantedCall]
) -> list[ResolvedCall]:
    """Return the variables of up to 100 callers of one agent, in their order. Creates nothing.

    Callers whose values do not come in time get fallbacks.

    Raises:
        AgentNotFound: There is no such agent.

    """
    caller = _reading_for_agents(caller)
    compiled = find_compiled(resolver, caller, wanted[0])
    read_business = partial(_business_values, resolver, caller, compiled)
    read_before = Pending(read_business)

    def business() -> Mapping[int, StoredValue]:
        try:
            return read_before.result()
        except Unavailable:
            # One failed read must not cost all callers their values.
            return read_business()

    def answer(each: WantedCall) -> ResolvedCall:
        try:
            found = candidate_of(resolver.callers, resolver.contacts, caller, each)
            record = _begin_to_read(resolver, caller, found)
            return _answer(resolver, caller, compiled, each, found, record, business)
        except Unavailable:
            return unavailable_answer(caller, compiled, each)

    shares = [wanted[start::_BATCH_THREADS] for start in range(_BATCH_THREADS)]
    started = [Pending(partial(_answers, answer, share)) for share in shares]
    answers = [
        _result(pending, caller, compiled, share)
        for pending, share in zip(started, shares, strict=True)
    ]
    return [
        answers[number % _BATCH_THREADS][number // _BATCH_THREADS] for number in range(len(wanted))
    ]


def _answers(
    answer: Callable[[WantedCall], ResolvedCall], wanted: Sequence[WantedCall]
) -> list[ResolvedCall]:
    return [answer(each) for each in wanted]


def read_now(resolver: Resolver, caller: Caller, wanted: WantedCall) -> ResolvedCall:
    """Return the variables of one caller as they are stored now. Creates and keeps nothing.

    Raises:
        AgentNotFound: There is no such agent.
        Unavailable: Storage does not answer.

    """
    return read_with_agent(resolver, caller, wanted)[1]


def read_with_agent(
    resolver: Resolver, caller: Caller, wanted: WantedCall
) -> tuple[CompiledAgent, ResolvedCall]:
    """Return an agent, and what `read_now` returns.

    Raises:
        AgentNotFound: There is no such agent.
        Unavailable: Storage does not answer.

    """
    caller = _reading_for_agents(caller)
    found = candidate_of(resolver.callers, resolver.contacts, caller, wanted)
    record = _begin_to_read(resolver, caller, found)
    compiled = find_compiled(resolver, caller, wanted)
    business = partial(_business_values, resolver, caller, compiled)
    return compiled, _answer(resolver, caller, compiled, wanted, found, record, business)


def contact_id_of(resolver: Resolver, caller: Caller, wanted: WantedCall) -> int | None:
    """Return the id of the contact of one caller as it is stored now. None if it is unknown.

    Raises:
        Unavailable: Storage does not answer.

    """
    found = candidate_of(resolver.callers, resolver.contacts, caller, wanted)
    if isinstance(found, UnknownReason):
        return None
    record = visible_record(resolver.callers.contact(caller.account_id, found), caller, wanted)
    return None if record is None else record.contact.contact_id


def find_compiled(resolver: Resolver, caller: Caller, wanted: WantedCall) -> CompiledAgent:
    """Return the agent of a request, and apply the agent's deadline.

    Raises:
        AgentNotFound: There is no such agent.

    """
    is_possible = is_possible_identifier(wanted.agent_id)
    agents, agent_id = resolver.agents, wanted.agent_id
    compiled = agents.find_compiled(caller.account_id, agent_id) if is_possible else None
    if compiled is None:
        raise AgentNotFound(wanted.agent_id)
    deadline = current_deadline()
    if deadline is not None and wanted.deadline_ms is None:
        deadline.move(compiled.agent.deadline_ms / 1000)
    return declared_for(caller, compiled)


def _reading_for_agents(caller: Caller) -> Caller:
    """Return the caller with purpose `prompt` unless its key has one."""
    return replace(caller, purpose=caller.purpose or Purpose.PROMPT)


def _begin_to_read(
    resolver: Resolver, caller: Caller, found: int | UnknownReason
) -> Pending[CallerRecord | None] | None:
    if isinstance(found, UnknownReason):
        return None
    return Pending(lambda: resolver.callers.contact(caller.account_id, found))


def _answer(
    resolver: Resolver,
    caller: Caller,
    compiled: CompiledAgent,
    wanted: WantedCall,
    found: int | UnknownReason,
    pending: Pending[CallerRecord | None] | None,
    read_business: Callable[[], Mapping[int, StoredValue]],
) -> ResolvedCall:
    business = read_business()
    record = visible_record(pending.result() if pending else None, caller, wanted)
    reason = found if isinstance(found, UnknownReason) else None
    values = _contact_values(resolver, caller, compiled, record)
    stored = StoredContext(values, business)
    return answer_of(caller, compiled, wanted, match_of(record, reason), stored)


def _business_values(
    resolver: Resolver, caller: Caller, compiled: CompiledAgent
) -> Mapping[int, StoredValue]:
    declared = [each.origin.context_type for each in compiled.agent.variables]
    if ContextType.BUSINESS not in declared:
        return {}
    return resolver.callers.business(caller.account_id)


def _contact_values(
    resolver: Resolver, caller: Caller, compiled: CompiledAgent, record: CallerRecord | None
) -> Mapping[int, StoredValue]:
    if record is None:
        return {}
    if not record.large:
        return record.values
    declared = {
        each.slot
        for each in compiled.definitions.values()
        if each.context_type is ContextType.CONTACT
    }
    if not declared & record.large:
        return record.values
    return resolver.callers.contact_values(caller.account_id, record.contact.contact_id)


def _with_new_contact(
    resolver: Resolver, caller: Caller, identifier: Identifier, answer: ResolvedCall
) -> ResolvedCall:
    try:
        match = create_caller(resolver.contacts, resolver.definitions, caller, identifier)
    except ContextError as error:
        # The agent talks to the caller all the same.
        resolver.log.fell_back(_facts(caller, answer, "create_contact", error))
        return answer
    return with_caller(answer, match)


def _pinned(
    resolver: Resolver, caller: Caller, compiled: CompiledAgent, answer: ResolvedCall
) -> ResolvedCall:
    """Return the first answer of a call, unless the caller does not get all that is in it."""
    if answer.resolution.call is None or not answer.resolution.complete:
        return answer
    try:
        first = resolver.calls.pin(caller.account_id, answer)
    except (Unavailable, WriteConflict) as error:
        resolver.log.fell_back(_facts(caller, answer, "pin_call", error))
        return answer
    if first.caller.contact_id not in (None, answer.caller.contact_id):
        return answer
    known = definitions_of_agent(compiled, first)
    if gets_all_of(caller, compiled, known, first, answer.assurance):
        return first
    if first.origins.keys() <= known.keys():
        return answer
    # Imported here, because only a call with a renamed variable needs it.
    from shared.services.agents.calls import answered_definitions  # noqa: PLC0415

    try:
        # The agent does not declare a variable that was renamed since.
        known = answered_definitions(resolver.definitions, caller.account_id, first)
    except Unavailable as error:
        resolver.log.fell_back(_facts(caller, answer, "find_renamed", error))
        return answer
    return first if gets_all_of(caller, compiled, known, first, answer.assurance) else answer


def _facts(
    caller: Caller, answer: ResolvedCall, step: str, error: Exception
) -> Mapping[str, str | None]:
    return {
        "account_id": caller.account_id,
        "request_id": caller.request_id,
        "agent_id": answer.agent_id,
        "call": answer.resolution.call,
        "step": step,
        "cause": type(error).__name__,
    }


def _offer(answer: ResolvedCall) -> None:
    deadline = current_deadline()
    if deadline is not None:
        deadline.offer([answer])


def _result(
    pending: Pending[list[ResolvedCall]],
    caller: Caller,
    compiled: CompiledAgent,
    share: Sequence[WantedCall],
) -> list[ResolvedCall]:
    try:
        return pending.result()
    except Unavailable:
        return [unavailable_answer(caller, compiled, each) for each in share]
