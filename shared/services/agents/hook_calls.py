"""Answer the messages of voice platforms to hooks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from shared.domain.accounts import Caller, Grant
from shared.domain.agents import CompiledAgent
from shared.domain.calls import NOTHING, MessageKind, ToolCall, ToolResult
from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.disclosure import Assurance, Purpose
from shared.domain.errors import AgentNotFound, HookNotFound
from shared.domain.hooks import Hook, HookMessage, HookReceipt, HookReply, Hooks
from shared.domain.resolutions import CallerMatch, ResolvedCall, UnknownReason, WantedCall
from shared.domain.sources import Source
from shared.services.agents.answers import StoredContext, answer_of, unavailable_answer
from shared.services.agents.hook_sight import CREATES_CONTACTS
from shared.services.agents.hook_tokens import HookToken, opens
from shared.services.agents.resolving import Resolver, find_compiled, resolve
from shared.validation.callers import phone_number_of

NOT_IN_TIME = "It is not known whether this was done, because it took too long. Try again."
"""The tool error after a timeout."""

NOT_SIGNED = "The tools of this hook cannot be used: the signature of the request is wrong."
"""The tool error for a bad signature."""

UNSIGNED = HookReply(401, "application/json", b'{"message":"Unauthorized"}')
"""The response to a bad signature, if the hook asks for it."""


class HookLog(Protocol):
    """The log of hooks. It records ids and facts, never tokens, bodies or values."""

    def rejected(self, facts: Mapping[str, Any]) -> None:
        """Log a message that was not accepted as it came."""


class RunTools(Protocol):
    """Runs the tools of hooks."""

    def __call__(
        self, caller: Caller, wanted: WantedCall, tools: Sequence[ToolCall], /
    ) -> Sequence[ToolResult]:
        """Run tool calls, and return a result for each."""


def answer_hook(
    resolver: Resolver,
    hooks: Hooks,
    log: HookLog,
    run_tools: RunTools,
    token: HookToken,
    message: HookMessage,
    receipt: HookReceipt,
) -> HookReply:
    """Answer a message of a voice platform in its shape.

    A message with a bad signature gets the fallbacks of the agent, because a wrong secret must not
    silence the phones of an account, and a line in the log; or 401, if the hook asks for it.

    Raises:
        HookNotFound: There is no such hook, or the token is another one.
        Unavailable: Storage does not answer.

    """
    now = receipt.at
    hook = hooks.find_with_head(token.account_id, token.hook_id)
    if hook is None or not opens(token, hook, now):
        raise HookNotFound(token.hook_id)
    caller = caller_of_hook(token.account_id, hook, receipt.request_id, now)
    fault = message.signature_fault(hook, now)
    if fault is not None:
        log.rejected({**_facts(caller, hook), "problem": "signature", "reason": fault})
        if hook.rejects_bad_signatures:
            return UNSIGNED
    if message.message.kind is MessageKind.NOTICE:
        return message.acknowledge()
    wanted = wanted_of(hook, message)
    if message.message.kind is MessageKind.TOOLS:
        if fault is not None:
            return message.answer_tools(refused(message, NOT_SIGNED))
        reader = replace(caller, purpose=hook.purpose or Purpose.TOOL)
        return message.answer_tools(run_tools(reader, wanted, message.message.tools))
    try:
        if fault is not None:
            compiled = find_compiled(resolver, caller, wanted)
            return message.answer(fallbacks_of(caller, compiled, wanted).resolution)
        return message.answer(resolve(resolver, caller, wanted).resolution)
    except AgentNotFound:
        log.rejected({**_facts(caller, hook), "problem": "agent", "reason": "it was deleted"})
        return message.answer(NOTHING)


def late_reply(
    log: HookLog,
    message: HookMessage,
    hook: Hook | None,
    compiled: CompiledAgent | None,
    caller: Caller | None,
) -> HookReply:
    """Return the answer when storage is late: fallbacks if the agent is known, else nothing.

    Rejects a bad signature if a known hook does. Verifying it needs no storage.
    """
    if hook is not None and caller is not None and hook.rejects_bad_signatures:
        fault = message.signature_fault(hook, caller.requested_at)
        if fault is not None:
            log.rejected({**_facts(caller, hook), "problem": "signature", "reason": fault})
            return UNSIGNED
    if message.message.kind is MessageKind.NOTICE:
        return message.acknowledge()
    if message.message.kind is MessageKind.TOOLS:
        return message.answer_tools(refused(message, NOT_IN_TIME))
    if hook is None or compiled is None or caller is None:
        return message.answer(NOTHING)
    answer = unavailable_answer(caller, compiled, wanted_of(hook, message))
    return message.answer(answer.resolution)


def caller_of_hook(account_id: str, hook: Hook, request_id: str, now: datetime) -> Caller:
    """Return who a hook reads for: what the key that created it could read then."""
    return Caller(
        account_id=account_id,
        key_id=hook.key_id,
        requested_at=now,
        grants=(Grant(CREATES_CONTACTS),),
        user=hook.user,
        teams=frozenset(hook.teams),
        purpose=hook.purpose or Purpose.PROMPT,
        sensitivity=hook.sensitivity,
        channel="hooks",
        request_id=request_id,
        value_source=Source.AI,
    )


def identifier_of(message: HookMessage) -> Identifier | None:
    """Return what the caller of a message is found by, or None for a withheld number."""
    number = phone_number_of(message.message.caller or "")
    return None if number is None else Identifier(IdentifierKind.PHONE, number)


def wanted_of(hook: Hook, message: HookMessage) -> WantedCall:
    """Return what a message asks for."""
    creates = message.may_create
    identifier = identifier_of(message)
    return WantedCall(
        agent_id=hook.agent_id,
        identifier=identifier,
        assurance=message.message.assurance if identifier else Assurance.NONE,
        call_id=message.message.call_id if creates else None,
        scope=hook.hook_id,
        creation=CREATES_CONTACTS if creates else None,
    )


def refused(message: HookMessage, reason: str) -> Sequence[ToolResult]:
    """Return the results of tool calls that are not run."""
    return [ToolResult(each, error=reason) for each in message.message.tools]


def fallbacks_of(caller: Caller, compiled: CompiledAgent, wanted: WantedCall) -> ResolvedCall:
    """Return what an agent gets for a message that its platform did not sign."""
    match = CallerMatch(reason=UnknownReason.NO_MATCH)
    return answer_of(caller, compiled, wanted, match, StoredContext())


def _facts(caller: Caller, hook: Hook) -> Mapping[str, Any]:
    return {
        "account_id": caller.account_id,
        "hook_id": hook.hook_id,
        "platform": hook.platform,
        "request_id": caller.request_id,
    }
