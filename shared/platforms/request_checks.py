"""Check a request that a platform sent: its signature, its body and what it is about."""

from collections.abc import Iterator
from typing import TypeAlias

from shared.domain.calls import MessageKind
from shared.domain.hook_reports import CheckResult, HookCheck, HookRun
from shared.platforms.consoles import Console
from shared.platforms.documents import MAX_BODY_BYTES, json_document
from shared.platforms.hook_messages import PlatformHookMessage
from shared.platforms.signature_scheme import Algorithm, SignatureScheme
from shared.platforms.signature_settings import signature_scheme
from shared.platforms.signatures import SignatureStatus, SignatureVerdict, verify

Checks: TypeAlias = Iterator[HookCheck]

_FORM_PLATFORMS = frozenset({"twilio", "bland", "flat"})
"""The platforms whose messages need not be JSON."""

_ASSURED_BY_URL = ("{url}", "{form}")


def request_checks(message: PlatformHookMessage, console: Console, run: HookRun) -> Checks:
    """Check the request of a platform."""
    yield from _signature_checks(message, console, run)
    yield from _body_checks(message)
    yield from _message_checks(message, console)


def _signature_checks(message: PlatformHookMessage, console: Console, run: HookRun) -> Checks:
    scheme = signature_scheme(message.platform, run.hook.signature)
    secret = run.hook.secret
    if scheme is None or secret is None:
        return
    call_id = message.message.call_id
    verdict = verify(scheme, message.request, [secret], run.at.timestamp(), call_id)
    if verdict.status is SignatureStatus.VERIFIED:
        yield HookCheck("signature", CheckResult.OK, "The signature is that of the hook's secret.")
        return
    fact = f"The signature is {verdict.status}: {verdict.reason}."
    action = _signature_action(scheme, console, verdict)
    yield HookCheck("signature", CheckResult.FAILURE, fact, action)


def _signature_action(scheme: SignatureScheme, console: Console, verdict: SignatureVerdict) -> str:
    match verdict.status:
        case SignatureStatus.UNSIGNED:
            return (
                f"Give the header {scheme.headers[0]} as the platform sent it. If it sent none, "
                "set it up in its console."
            )
        case SignatureStatus.REPLAYED:
            return (
                f"A timestamp may be {scheme.tolerance_seconds} s from the time of the request. "
                "Give received_at for a request that was sent before."
            )
    if scheme.algorithm is Algorithm.SECRET:
        return f"Send {scheme.headers[0]}: {scheme.prefix}<secret>, with the secret of the hook."
    steps = [f"Create the hook with {console.signed_with} as secret."]
    if "{body}" in scheme.signed_text or "{form}" in scheme.signed_text:
        steps.append("Give the body byte for byte: one space changes the signature.")
    if any(part in scheme.signed_text for part in _ASSURED_BY_URL):
        steps.append("Give the url as the platform called it, with its query.")
    return " ".join(steps)


def _body_checks(message: PlatformHookMessage) -> Checks:
    body, name = message.request.body, message.platform.name
    title = message.platform.title
    if name in _FORM_PLATFORMS and not body.lstrip().startswith(b"{"):
        yield HookCheck("body", CheckResult.OK, "The body or the query is a form.")
        return
    if len(body) <= MAX_BODY_BYTES and json_document(body):
        yield HookCheck("body", CheckResult.OK, "The body is a JSON object.")
        return
    fact = "The body is empty." if not body.strip() else "The body is no JSON object."
    action = f"Give the body that {title} sent. The hook takes it for an unknown caller's call."
    yield HookCheck("body", CheckResult.FAILURE, fact, action)


def _message_checks(message: PlatformHookMessage, console: Console) -> Checks:
    title, read = message.platform.title, message.message
    if read.kind is MessageKind.NOTICE:
        fact = "The message is a report, or of a kind that is not known: it gets no variables."
        action = f"{title} gets variables for {console.events}."
        yield HookCheck("message", CheckResult.WARNING, fact, action)
        return
    if read.kind is MessageKind.TOOLS:
        fact = "The message calls a tool during a call."
        action = f"Test {console.events} to see variables; `look_up` reads them during a call."
        yield HookCheck("message", CheckResult.OK, fact, action)
    else:
        yield HookCheck("message", CheckResult.OK, "The message is a call that begins.")
    if read.call_id is None or not message.may_create:
        reason = "has no id of the call" if message.may_create else "is a GET"
        fact = (
            f"The request {reason}: no contact is created for an unknown caller, and another try "
            "may get another answer."
        )
        action = f"{title} sends the id in {console.call_at}."
        if not message.may_create:
            action = "Let the platform use POST if it can."
        yield HookCheck("call_id", CheckResult.WARNING, fact, action)
