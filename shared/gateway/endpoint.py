"""What every endpoint does around its use case: authenticate, run, answer, log.

Authentication comes before anything is parsed: without a key, a broken body is 401 too.
"""

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeAlias

from shared.domain.accounts import Caller
from shared.domain.errors import AnswerTooLarge, ContextError, InternalFailure
from shared.gateway.dialect import Dialect
from shared.gateway.file_response import FileResponse
from shared.gateway.request import Request
from shared.gateway.response import Response

MAX_ANSWER_BYTES = 6_000_000
"""What Lambda hands on, the body escaped once more as a JSON string.

Source: AWS Lambda Developer Guide, "Lambda quotas", invocation payload.
"""

_LONGEST_ESCAPE = len("\\u0000")

Handler: TypeAlias = Callable[[Request, Caller], Response | FileResponse]
LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class AccessControl(Protocol):
    """Lets a caller pass, or raises why not."""

    def authenticate_key(self, presented_key: str | None) -> Caller:
        """The caller of a key."""

    def authorize(
        self, caller: Caller, method: str, permissions: tuple[str, ...], resource: str | None
    ) -> None:
        """Authorize a request by its HTTP method and the permissions, any one of which is enough.

        Counts the request against the limit of the key first.
        """


class Log(Protocol):
    """Where endpoints report to: ids and facts, never keys, headers, bodies or values."""

    def responded(self, facts: Mapping[str, Any]) -> None:
        """An endpoint has answered."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """An endpoint has failed in a way that is nobody's fault but ours."""


def endpoint(
    dialect: Dialect, permissions: tuple[str, ...], guard: AccessControl, log: Log
) -> Callable[[Handler], LambdaHandler]:
    """Make a Lambda handler of a function from request and caller to response.

    The caller needs any one of the permissions. Every error of the domain is answered as the
    dialect words it; any other one as its internal failure.
    """

    def wrap(handle: Handler) -> LambdaHandler:
        def answer(request: Request, facts: dict[str, Any]) -> dict[str, Any]:
            try:
                caller = replace(
                    guard.authenticate_key(dialect.presented_key(request)),
                    source=dialect.name,
                    request_id=request.request_id,
                    origin_id=request.origin_id,
                )
                facts |= {"account_id": caller.account_id, "key_id": caller.key_id}
                guard.authorize(caller, request.method, permissions, dialect.resource_of(request))
                return _rendered(handle(request, caller))
            except ContextError as error:
                facts |= {"refusal": type(error).__name__, **_cause(error)}
                return dialect.error_response(error, request.request_id).to_event()
            except Exception as error:  # noqa: BLE001 - the one place that answers for all others
                log.failed({**facts, **anonymous(error)})
                return dialect.error_response(InternalFailure(), request.request_id).to_event()

        def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
            request = Request(event)
            facts = facts_of(dialect.name, request, context)
            rendered = answer(request, facts)
            log.responded({**facts, "status": rendered["statusCode"]})
            return rendered

        # For whoever describes the API: what this endpoint asks of a key is said only here.
        vars(lambda_handler)["permissions"] = permissions
        return lambda_handler

    return wrap


def facts_of(dialect: str, request: Request, context: Any) -> dict[str, Any]:
    """What is logged of every request, before anything is known of its caller."""
    return {
        "dialect": dialect,
        "route": request.route,
        "request_id": request.request_id,
        "function_request_id": getattr(context, "aws_request_id", None),
    }


def _rendered(response: Response | FileResponse) -> dict[str, Any]:
    rendered = response.to_event()
    may_be_too_large = len(rendered["body"]) * _LONGEST_ESCAPE > MAX_ANSWER_BYTES
    if may_be_too_large and len(json.dumps(rendered)) > MAX_ANSWER_BYTES:
        raise AnswerTooLarge(MAX_ANSWER_BYTES)
    return rendered


def _cause(error: BaseException) -> dict[str, Any]:
    # What AWS calls its errors is told; what it says in them may quote a request.
    cause = error.__cause__
    if cause is None:
        return {}
    response = getattr(cause, "response", None) or {}
    return {"cause": type(cause).__name__, "cause_code": response.get("Error", {}).get("Code")}


def anonymous(error: Exception) -> dict[str, Any]:
    """The class, cause and place of an exception: its message may quote a value."""
    frames = traceback.extract_tb(error.__traceback__)
    response = getattr(error, "response", None) or {}
    return {
        "error": type(error).__name__,
        "error_code": response.get("Error", {}).get("Code"),
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        **_cause(error),
    }
