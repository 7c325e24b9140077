"""Wrap the handler of an endpoint: authenticate, authorize, run, map errors, log.

Authentication precedes parsing: a request without a valid key gets 401, even with a broken body.
"""

import json
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol, TypeAlias

from shared.domain.accounts import Caller
from shared.domain.errors import AnswerTooLarge, ContextError, InternalFailure
from shared.domain.request_limits import RequestLimit, check_limits, limit_headers
from shared.gateway.dialect import Dialect
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response

MAX_RESPONSE_BYTES = 6_000_000
"""The largest response of Lambda, with the body escaped as a JSON string.

Source: AWS Lambda Developer Guide, "Lambda quotas", invocation payload.
"""

_LONGEST_ESCAPE = len("\\u0000")

Handler: TypeAlias = Callable[[Request, Caller], Response | FileResponse]
LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class AccessControl(Protocol):
    """Authenticates callers and authorizes their requests."""

    def request(self) -> AbstractContextManager[None]:
        """Return a context in which one request is authenticated and handled."""

    def authenticate_key(self, presented_key: str | None) -> Caller:
        """Return the caller that a key belongs to.

        Raises:
            AuthenticationRequired: There is no key.
            InvalidApiKey: The key is unknown, revoked or expired.

        """

    def count_request(self, caller: Caller) -> Sequence[RequestLimit]:
        """Count a request against the limits of key and account, and return what is left."""

    def authorize(
        self, caller: Caller, method: str, permissions: tuple[str, ...], resource: str | None
    ) -> None:
        """Authorize a request.

        Args:
            caller: Who sends the request.
            method: The HTTP method.
            permissions: The key needs any one of them.
            resource: The resource that the permission is for. None for the whole account.

        Raises:
            ContextError: The request is not permitted.

        """

    def note_use(self, caller: Caller) -> None:
        """Record that a key was used for a request that succeeded. Never fails."""


class Log(Protocol):
    """The log of endpoints. It records ids and facts, never keys, headers, bodies or values."""

    def responded(self, facts: Mapping[str, Any]) -> None:
        """Log a response."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """Log an unexpected exception, which is a fault of the service."""


def endpoint(
    dialect: Dialect, permissions: tuple[str, ...], access_control: AccessControl, log: Log
) -> Callable[[Handler], LambdaHandler]:
    """Return a decorator that turns a function of request and caller into a Lambda handler.

    Args:
        dialect: Maps errors of the domain to responses. Any other exception is an internal
            failure.
        permissions: The caller needs any one of them.
        access_control: Authenticates and authorizes.
        log: Where responses and failures are recorded.

    """

    def wrap(handle: Handler) -> LambdaHandler:
        def respond(
            request: Request, facts: dict[str, Any], limits: list[RequestLimit]
        ) -> dict[str, Any]:
            """Return the response. Adds what becomes known to `facts` and `limits` on the way."""
            try:
                caller = replace(
                    access_control.authenticate_key(dialect.presented_key(request)),
                    channel=dialect.name,
                    request_id=request.request_id,
                    origin_id=request.origin_id,
                )
                facts |= {"account_id": caller.account_id, "key_id": caller.key_id}
                limits.extend(access_control.count_request(caller))
                check_limits(limits)
                resource = dialect.resource_of(request)
                access_control.authorize(caller, request.method, permissions, resource)
                rendered = _rendered(handle(request, caller))
                access_control.note_use(caller)
            except ContextError as error:
                facts |= {"error": type(error).__name__, **_cause(error)}
                return dialect.error_response(error, request.request_id).to_event()
            except Exception as error:  # noqa: BLE001 - every failure gets a response
                log.failed({**facts, **error_facts(error)})
                return dialect.error_response(InternalFailure(), request.request_id).to_event()
            else:
                return rendered

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            started = time.perf_counter()
            request = Request(event)
            facts = facts_of(dialect.name, request, context)
            limits: list[RequestLimit] = []
            with access_control.request():
                rendered = respond(request, facts, limits)
            log.responded({**facts, "status": rendered["statusCode"]})
            if dialect.shows_limits:
                rendered["headers"].update(limit_headers(limits))
            if dialect.shows_timing:
                rendered["headers"]["server-timing"] = _server_timing(started)
            return rendered

        # The generator of the OpenAPI documents reads them.
        vars(lambda_handler).update(permissions=permissions, dialect=dialect)
        return lambda_handler

    return wrap


def facts_of(dialect: str, request: Request, context: Any) -> dict[str, Any]:
    """Return the facts to log about a request whose caller is not known yet."""
    return {
        "dialect": dialect,
        "route": request.route,
        "request_id": request.request_id,
        "function_request_id": getattr(context, "aws_request_id", None),
    }


def _server_timing(started: float) -> str:
    """Return the value of `Server-Timing`: the milliseconds since a time of `perf_counter`.

    Source: W3C, "Server Timing", section 3.
    """
    return f"total;dur={(time.perf_counter() - started) * 1000:.1f}"


def _rendered(response: Response | FileResponse) -> dict[str, Any]:
    rendered = response.to_event()
    may_be_too_large = len(rendered["body"]) * _LONGEST_ESCAPE > MAX_RESPONSE_BYTES
    if may_be_too_large and len(json.dumps(rendered)) > MAX_RESPONSE_BYTES:
        raise AnswerTooLarge(MAX_RESPONSE_BYTES)
    return rendered


def _cause(error: BaseException) -> dict[str, Any]:
    # The error code of AWS is logged, its message is not: the message may quote the request.
    cause = error.__cause__
    if cause is None:
        return {}
    response = getattr(cause, "response", None) or {}
    return {"cause": type(cause).__name__, "cause_code": response.get("Error", {}).get("Code")}


def error_facts(error: Exception) -> dict[str, Any]:
    """Describe an exception by class, cause and traceback, without its message.

    The message may quote a value.
    """
    frames = traceback.extract_tb(error.__traceback__)
    response = getattr(error, "response", None) or {}
    return {
        "error": type(error).__name__,
        "error_code": response.get("Error", {}).get("Code"),
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        **_cause(error),
    }
