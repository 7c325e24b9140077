"""Handler decorator for the endpoint that voice platforms call."""

# Imported first, so that the large imports below run without garbage collection.
from shared.wiring.endpoints import log, memory

# isort: split
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Protocol, TypeAlias

from shared.domain.accounts import Caller
from shared.domain.calls import MessageKind, ToolCall, ToolResult
from shared.domain.errors import ContextError, HookNotFound
from shared.domain.hooks import HookMessage, HookReceipt, HookReply
from shared.domain.resolutions import ResolvedCall, WantedCall
from shared.gateway.endpoint import LambdaHandler, error_facts, facts_of
from shared.gateway.hook_response import to_event
from shared.gateway.request import Request
from shared.gateway.timely_endpoint import TimelyPlan, timely
from shared.services.agents.hook_calls import caller_of_hook, identifier_of, late_reply
from shared.services.agents.hook_tokens import HookToken, opens, parse_token
from shared.table.hooks import RememberingHookTable
from shared.table.seen_heads import seeing_heads
from shared.wiring.resolving import agents, callers, resolver, table

_GROUP = "hooks"
_NOT_FOUND = HookReply(404, "application/json", b'{"message":"Not Found"}')
_FAILED = HookReply(500, "application/json", b'{"message":"Internal Server Error"}')

HookHandler: TypeAlias = Callable[[HookToken, HookMessage, HookReceipt], HookReply]


class ReadMessage(Protocol):
    """Reads a message of a voice platform. Returns None if there is no such platform."""

    def __call__(
        self,
        name: str,
        /,
        *,
        method: str,
        url: str,
        headers: Mapping[str, str],
        query: Mapping[str, str],
        body: bytes,
    ) -> HookMessage | None:
        """Read the message of a request."""


@cache
def hooks() -> RememberingHookTable:
    """Return the storage of hooks, which remembers what it finds."""
    return RememberingHookTable(table())


def run_tools(
    caller: Caller, wanted: WantedCall, tools: Sequence[ToolCall]
) -> Sequence[ToolResult]:
    """Run tool calls with the adapters of this function."""
    # Imported here, because the message before the first word never sets a variable.
    from shared.services.agents import tools as hook_tools  # noqa: PLC0415
    from shared.services.variables.value_changes import ValueStores  # noqa: PLC0415
    from shared.table.accounts import AccountTable  # noqa: PLC0415
    from shared.table.idempotency import IdempotencyTable  # noqa: PLC0415
    from shared.table.key_ids import KeyIdTable  # noqa: PLC0415
    from shared.table.variables import VariableTable  # noqa: PLC0415

    stores = ValueStores(
        VariableTable(table(), memory()),
        resolver().definitions,
        AccountTable(table()),
        KeyIdTable(table()),
        IdempotencyTable(table()),
    )
    return hook_tools.run_tools(resolver(), stores, caller, wanted, tools)


def hook_endpoint(
    read: ReadMessage, latest_ms: int | None = None
) -> Callable[[HookHandler], LambdaHandler]:
    """Create a decorator that makes the Lambda handler of the URLs of hooks.

    Every message of a hook is answered before its deadline, and with success.

    Args:
        read: Reads the message of a request.
        latest_ms: The most milliseconds that an answer may take, whatever its agent says. None for
            no limit.
    """
    # Create the client during initialization, outside of the first request.
    table()

    def wrap(handle: HookHandler) -> LambdaHandler:
        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            request = Request(event)
            facts = facts_of(_GROUP, request, context)
            token, message = _parsed(request, read, facts)
            if token is None or message is None:
                reply = _FAILED if token and "error" in facts else _NOT_FOUND
                log().responded({**facts, "status": reply.status})
                return to_event(reply)
            facts |= {"account_id": token.account_id, "hook_id": token.hook_id}

            def respond(_: Mapping[str, Any], __: Any) -> dict[str, Any]:
                receipt = HookReceipt(request.request_id, datetime.now(UTC))
                with seeing_heads():
                    return to_event(_replied(handle, token, message, receipt, facts))

            plan = partial(_plan_of, token, message, latest_ms)
            answer = timely(respond, plan, lambda _: to_event(_FAILED), log())
            # Logged here and once: work that is late goes on, and work that failed is repeated.
            response = answer(event, context)
            log().responded({**facts, "status": response["statusCode"]})
            return response

        return lambda_handler

    return wrap


def _replied(
    handle: HookHandler,
    token: HookToken,
    message: HookMessage,
    receipt: HookReceipt,
    facts: Mapping[str, Any],
) -> HookReply:
    try:
        return handle(token, message, receipt)
    except HookNotFound:
        return _NOT_FOUND
    except ContextError as error:
        log().fell_back({**facts, "step": "handle", "error": type(error).__name__})
    except Exception as error:  # noqa: BLE001 - every failure gets a response
        log().failed({**facts, **error_facts(error)})
    return _FAILED


def _plan_of(
    token: HookToken, message: HookMessage, latest_ms: int | None, request: Request
) -> TimelyPlan:
    """Plan the answer to a message by what is known without a read."""
    now = datetime.now(UTC)
    hook = hooks().remembered(token.account_id, token.hook_id)
    if hook is not None and not opens(token, hook, now):
        hook = None
    compiled = agents().remembered(token.account_id, hook.agent_id) if hook else None
    identifier = identifier_of(message)

    def begin() -> None:
        if identifier is not None and message.message.kind is MessageKind.RESOLVE:
            callers().begin(token.account_id, identifier)

    def late(best: Sequence[ResolvedCall] | None) -> dict[str, Any]:
        if best is not None:
            return to_event(message.answer(best[0].resolution))
        caller = caller_of_hook(token.account_id, hook, request.request_id, now) if hook else None
        return to_event(late_reply(log(), message, hook, compiled, caller))

    deadline_ms = compiled.agent.deadline_ms if compiled else message.deadline_ms
    return TimelyPlan(deadline_ms, late, begin, latest_ms)


def _parsed(
    request: Request, read: ReadMessage, facts: dict[str, Any]
) -> tuple[HookToken | None, HookMessage | None]:
    """Return token and message of a request. Logs a failure to read, and adds it to `facts`."""
    token = parse_token(request.path("token"))
    if token is None:
        return None, None
    try:
        message = read(
            token.platform,
            method=request.method,
            url=request.url,
            headers=request.headers,
            query=request.query_parameters,
            body=_body_of(request),
        )
    except Exception as error:  # noqa: BLE001 - every failure gets a response
        log().failed({**facts, **error_facts(error)})
        facts["error"] = type(error).__name__
        return token, None
    return token, message


def _body_of(request: Request) -> bytes:
    try:
        return request.body
    except ContextError:
        return b""
