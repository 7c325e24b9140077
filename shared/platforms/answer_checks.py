"""Check the answer of a hook against what its platform takes, and how long it waits."""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from shared.domain.agents import Agent
from shared.domain.calls import MessageKind, ResolvedVariable, VariableState
from shared.domain.hook_reports import CheckResult, HookCheck, HookRun, Outcome
from shared.domain.hooks import Hook
from shared.domain.json_values import JsonValue
from shared.domain.resolutions import ResolvedCall, UnknownReason
from shared.platforms.consoles import Console
from shared.platforms.declarations import declaration_faults
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.platform import Platform
from shared.platforms.signature_settings import signature_scheme
from shared.platforms.signatures import key_fault
from shared.platforms.values import ASK_VARIABLE, ValueTypes, platform_values
from shared.validation.agents import MIN_DEADLINE_MS

Checks: TypeAlias = Iterator[HookCheck]

MAX_NAMES = 20
"""The most variables that one check names."""

MIN_MARGIN_MS = 200
"""What the network needs between our deadline and the end of the platform's patience."""

_SUGGESTED_MARGIN_MS = 300
_EMPTY = (None, "")


def answer_checks(message: PlatformHookMessage, console: Console, run: HookRun) -> Checks:
    """Check the answer of a hook."""
    platform = message.platform
    yield from _secret_checks(platform, console, run.hook)
    if run.agent is None:
        if run.outcome is Outcome.FALLBACKS:
            action = "Create a hook for another agent, and set its URL."
            yield _failure("agent", "The agent was deleted: it gets no variable.", action)
        return
    yield from _declaration_checks(platform, run.agent)
    if run.call is not None and run.outcome is Outcome.ANSWERED:
        yield from _caller_checks(message, console, run.call)
        yield from _state_checks(run.call.resolution.variables)
    if run.call is not None and run.reply is not None and _is_answer(message):
        yield from _value_checks(platform, run.call)
        yield from _size_checks(platform, run.call, len(run.reply.body))
    yield from _time_checks(platform, console, run.agent.deadline_ms, run.took_ms)


def _is_answer(message: PlatformHookMessage) -> bool:
    return message.message.kind is MessageKind.RESOLVE


def _secret_checks(platform: Platform, console: Console, hook: Hook) -> Checks:
    scheme = signature_scheme(platform, hook.signature)
    if scheme is None:
        fact = f"{platform.title} signs nothing: the token in the URL is the only secret."
        yield HookCheck("secret", CheckResult.OK, fact)
    elif hook.secret is None:
        fact = "The hook has no secret: it answers whoever has its URL."
        yield _warning("secret", fact, f"Create the hook with a secret: {console.signed_with}.")
    elif reason := key_fault(scheme, hook.secret):
        fact = f"The secret can verify no signature: {reason}."
        yield _failure(
            "secret", fact, f"Create the hook with another secret: {console.signed_with}."
        )
    else:
        yield HookCheck("secret", CheckResult.OK, "The hook has a secret of the right form.")


def _declaration_checks(platform: Platform, agent: Agent) -> Checks:
    names = [each.name for each in agent.variables]
    faults = declaration_faults(platform, names, agent.settings.get(platform.name, {}))
    for fault in faults[:MAX_NAMES]:
        place = ".".join(map(str, fault.path))
        number = fault.path[1] if fault.path[0] == "variables" and len(fault.path) > 1 else None
        named = f"`{names[number]}`" if isinstance(number, int) else f"`{place}`"
        yield _failure("declaration", f"{named}: {fault.reason}.", "Change the agent.")
    if not faults:
        fact = f"{platform.title} takes every name and setting of the agent."
        yield HookCheck("declaration", CheckResult.OK, fact)


def _caller_checks(message: PlatformHookMessage, console: Console, call: ResolvedCall) -> Checks:
    if call.caller.known:
        yield HookCheck("caller", CheckResult.OK, "The caller is a contact.")
        return
    match call.caller.reason:
        case UnknownReason.WITHHELD if message.message.caller:
            fact, action = "The caller has no phone number.", "Nothing: variables have defaults."
        case UnknownReason.WITHHELD:
            fact = "The message has no number of the caller, or a withheld one."
            action = f"If it was not withheld: the number belongs into {console.caller_at}."
        case UnknownReason.AMBIGUOUS:
            fact = "Several contacts have the number of the caller: the agent knows none of them."
            action = "Leave the number on one of them."
        case _:
            fact = "No contact has the number of the caller."
            action = "A test creates none. A call does, if it has an id and is no GET."
    yield _warning("caller", fact, action)


def _state_checks(variables: Iterable[ResolvedVariable]) -> Checks:
    found = list(variables)
    for reason in sorted({each.reason for each in found if each.reason}):
        names = _listed(each.name for each in found if each.reason == reason)
        fact = f"Withheld, because of {reason}: {names}."
        yield _warning("variables", fact, _REASONS.get(reason, "Change the definition."))
    empty = [
        each.name
        for each in found
        if each.state in (VariableState.UNSET, VariableState.WITHHELD) and each.value is None
    ]
    if empty:
        fact = f"Without a value, a default and a fallback: {_listed(empty)}."
        yield _warning("variables", fact, "Declare a fallback, or the prompt has a gap.")
    if asked := [each.name for each in found if each.question]:
        fact = f"The agent is to ask the caller for {_listed(asked)}: `{ASK_VARIABLE}` has how."
        yield HookCheck("variables", CheckResult.OK, fact)
    if not found:
        yield _warning("variables", "The agent declares no variables.", "Declare some.")


_REASONS = {
    "assurance": "The platform vouches for too little: lower min_assurance of the definition, or "
    "raise the assurance of the call.",
    "purpose": "Let the definition have the purpose of the hook, `prompt` unless its key had one.",
    "sensitivity": "Create the hook with a key of a higher sensitivity.",
}


def _value_checks(platform: Platform, call: ResolvedCall) -> Checks:
    variables = call.resolution.variables
    sent = platform_values(platform.values, variables, None)
    given = [(each.name, each.value, sent[each.name]) for each in variables if each.name in sent]
    emptied = [name for name, value, got in given if got in _EMPTY and value not in _EMPTY]
    cut = [name for name, value, _ in given if _is_cut(platform, value)]
    as_text = [
        name
        for name, value, got in given
        if isinstance(got, str) and got and value is not None and not isinstance(value, str)
    ]
    if emptied:
        fact = f"Sent empty, because they are too large or no value: {_listed(emptied)}."
        yield _warning("values", fact, "Declare fewer or smaller variables.")
    if cut:
        limit = platform.values.max_chars
        fact = f"Cut after {limit:,} characters: {_listed(cut)}."
        yield _warning("values", fact, "Store a shorter text for the prompt.")
    if as_text:
        takes = "text only" if platform.values.types is ValueTypes.TEXT else "no lists and objects"
        fact = f"Sent as text, because {platform.title} takes {takes}: {_listed(as_text)}."
        yield HookCheck("values", CheckResult.OK, fact)
    if not (emptied or cut or as_text):
        fact = f"{platform.title} takes every value as it is."
        yield HookCheck("values", CheckResult.OK, fact)


def _is_cut(platform: Platform, value: JsonValue) -> bool:
    return isinstance(value, str) and len(value) > platform.values.max_chars


def _size_checks(platform: Platform, call: ResolvedCall, size: int) -> Checks:
    count, limit = len(call.resolution.variables), platform.values.max_bytes
    fact = f"The answer has {size:,} bytes for {count:,} variables; values may have {limit:,}."
    yield HookCheck("size", CheckResult.OK, fact)


def _time_checks(platform: Platform, console: Console, deadline_ms: int, took_ms: float) -> Checks:
    waits_ms = platform.budget_ms
    if waits_ms is None:
        fact = f"The deadline is {deadline_ms:,} ms; how long the platform waits is not published."
        yield HookCheck("deadline", CheckResult.OK, fact)
        return
    late = console.on_late.format(waits=f"{waits_ms:,} ms")
    fact = f"The deadline is {deadline_ms:,} ms, and {platform.title} waits {waits_ms:,} ms."
    if took_ms > waits_ms:
        fact = f"The answer took {took_ms:,.0f} ms, and {platform.title} waits {waits_ms:,} ms."
        yield _failure("deadline", f"{fact} {late}", "Test again: a first request is slower.")
    elif deadline_ms > waits_ms - MIN_MARGIN_MS:
        most = max(waits_ms - _SUGGESTED_MARGIN_MS, MIN_DEADLINE_MS)
        action = f"Set deadline_ms of the agent to {most:,} or less."
        yield _warning("deadline", f"{fact} {late}", action)
    else:
        yield HookCheck("deadline", CheckResult.OK, fact)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - MAX_NAMES} more" if len(found) > MAX_NAMES else ""
    return ", ".join(found[:MAX_NAMES]) + more


def _warning(name: str, fact: str, action: str) -> HookCheck:
    return HookCheck(name, CheckResult.WARNING, fact, action)


def _failure(name: str, fact: str, action: str) -> HookCheck:
    return HookCheck(name, CheckResult.FAILURE, fact, action)
