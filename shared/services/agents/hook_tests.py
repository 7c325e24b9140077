"""Test a hook: answer a request as the hook would, and keep nothing of it."""

from dataclasses import replace
from datetime import datetime
from time import perf_counter

from shared.domain.accounts import Caller
from shared.domain.calls import NOTHING, MessageKind
from shared.domain.errors import AgentNotFound
from shared.domain.hook_reports import (
    CheckedMessage,
    CheckResult,
    HookCheck,
    HookReport,
    HookRun,
    HookTest,
    Outcome,
    ReadHookTest,
)
from shared.domain.hooks import Hook, Hooks
from shared.services.agents.hook_calls import (
    NOT_SIGNED,
    UNSIGNED,
    caller_of_hook,
    fallbacks_of,
    refused,
    wanted_of,
)
from shared.services.agents.hook_sight import check_may_read_as
from shared.services.agents.hook_tokens import opens, parse_token
from shared.services.agents.hooks import find_hook
from shared.services.agents.resolving import Resolver, find_compiled, read_with_agent

_PATH_PREFIX = "/h/"


def check_hook(
    resolver: Resolver,
    hooks: Hooks,
    caller: Caller,
    hook_id: str,
    given: HookTest,
    read: ReadHookTest,
) -> HookReport:
    """Answer a request as a hook would, and check the answer. Creates and keeps nothing.

    Args:
        resolver: What resolving needs.
        hooks: Where hooks are stored.
        caller: Who tests it.
        hook_id: The hook.
        given: What it is tested with.
        read: Reads that.

    Raises:
        HookNotFound: There is no such hook.
        PermissionDenied: The caller may not read all that the hook reads, and a test shows it.
        Unavailable: Storage does not answer.

    """
    hook = find_hook(hooks, caller, hook_id)
    check_may_read_as(caller, hook)
    message = read(hook, given)
    at = caller.requested_at
    if given.request is not None and given.request.received_at is not None:
        at = given.request.received_at
    token = _token_check(hook, given, at)
    if token is not None and token.result is CheckResult.FAILURE:
        run = _run_of(hook, Outcome.NOT_FOUND, at)
    else:
        run = _run(resolver, caller, hook, message, at)
    return message.report(run, [token] if token else [])


def _run(
    resolver: Resolver, caller: Caller, hook: Hook, message: CheckedMessage, at: datetime
) -> HookRun:
    """Do what the hook does, in the order in which `answer_hook` does it."""
    started = perf_counter()
    run = _answered(resolver, caller, hook, message, at)
    return replace(run, took_ms=1000 * (perf_counter() - started))


def _answered(
    resolver: Resolver, caller: Caller, hook: Hook, message: CheckedMessage, at: datetime
) -> HookRun:
    as_hook = caller_of_hook(caller.account_id, hook, caller.request_id, caller.requested_at)
    wanted, kind = wanted_of(hook, message), message.message.kind
    is_signed = message.signature_fault(hook, at) is None
    if not is_signed and hook.rejects_bad_signatures:
        return replace(_run_of(hook, Outcome.REJECTED, at), reply=UNSIGNED)
    if kind is MessageKind.NOTICE:
        reply = message.acknowledge()
        return replace(_run_of(hook, Outcome.ACKNOWLEDGED, at), reply=reply)
    try:
        if is_signed:
            compiled, call = read_with_agent(resolver, as_hook, wanted)
        else:
            compiled = find_compiled(resolver, as_hook, wanted)
            call = fallbacks_of(as_hook, compiled, wanted)
    except AgentNotFound:
        return replace(_run_of(hook, Outcome.FALLBACKS, at), reply=message.answer(NOTHING))
    if kind is MessageKind.TOOLS:
        results = None if is_signed else message.answer_tools(refused(message, NOT_SIGNED))
        run = replace(_run_of(hook, Outcome.TOOLS, at), reply=results)
        return replace(run, agent=compiled.agent, call=call)
    outcome = Outcome.ANSWERED if is_signed else Outcome.FALLBACKS
    run = replace(_run_of(hook, outcome, at), reply=message.answer(call.resolution))
    return replace(run, agent=compiled.agent, call=call)


def _run_of(hook: Hook, outcome: Outcome, at: datetime) -> HookRun:
    return HookRun(
        hook=hook, agent=None, call=None, reply=None, outcome=outcome, at=at, took_ms=0.0
    )


def _token_check(hook: Hook, given: HookTest, at: datetime) -> HookCheck | None:
    """Check the token of the URL that a platform called. None if the URL is not known."""
    path = given.request.url_parts.path if given.request is not None else ""
    _, prefix, text = path.rpartition(_PATH_PREFIX)
    if not prefix:
        return None
    token = parse_token(text)
    if token is None or not opens(token, hook, at):
        fact = "The URL has another token than the hook: the platform gets 404."
        action = "Set the URL of this hook. If it is not known any more, rotate the hook."
        return HookCheck("token", CheckResult.FAILURE, fact, action)
    if opens(token, replace(hook, old_token_hash=None), at):
        return HookCheck("token", CheckResult.OK, "The URL has the token of the hook.")
    until = hook.old_token_until.isoformat(timespec="seconds") if hook.old_token_until else ""
    fact = f"The URL has the token before the last rotation, which works until {until}."
    return HookCheck("token", CheckResult.WARNING, fact, "Set the URL that the rotation returned.")
