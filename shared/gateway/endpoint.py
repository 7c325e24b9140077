"""What every endpoint does around its use case: authenticate, run, answer, log.

Authentication comes before anything is parsed: without a key, a broken body is 401 too.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from shared.domain.errors import ContextError, InternalFailure
from shared.domain.model import Caller
from shared.gateway.dialect import Dialect
from shared.gateway.request import Request
from shared.gateway.response import Response

Handler: TypeAlias = Callable[[Request, Caller], Response]
LambdaHandler: TypeAlias = Callable[[Mapping[str, Any], Any], dict[str, Any]]


class Guard(Protocol):
    """Lets a caller pass, or raises why not."""

    def __call__(self, presented_key: str | None, permissions: tuple[str, ...]) -> Caller:
        """The caller of that key, who has one of the permissions."""


class Log(Protocol):
    """Where endpoints report to: ids and facts, never keys, headers, bodies or values."""

    def answered(self, facts: Mapping[str, Any]) -> None:
        """An endpoint has answered."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """An endpoint has failed in a way that is nobody's fault but ours."""


def endpoint(
    dialect: Dialect, permissions: tuple[str, ...], guard: Guard, log: Log
) -> Callable[[Handler], LambdaHandler]:
    """Make a Lambda handler of a function from request and caller to response.

    The caller needs any one of the permissions. Every error of the domain is answered as the
    dialect words it; any other one as its internal failure.
    """

    def wrap(handle: Handler) -> LambdaHandler:
        def lambda_handler(event: Mapping[str, Any], _context: Any) -> dict[str, Any]:
            request = Request(event)
            facts: dict[str, Any] = {
                "dialect": dialect.name,
                "route": request.route,
                "request_id": request.request_id,
            }
            try:
                caller = guard(dialect.presented_key(request), permissions)
                facts |= {"account_id": caller.account_id, "key_id": caller.key_id}
                response = handle(request, caller)
            except ContextError as error:
                response = dialect.refusal(error)
                facts["refusal"] = type(error).__name__
            except Exception as error:  # noqa: BLE001 - the one place that answers for all others
                response = dialect.refusal(InternalFailure())
                log.failed({**facts, **_anonymous(error)})
            log.answered({**facts, "status": response.status})
            return response.to_event()

        return lambda_handler

    return wrap


def _anonymous(error: Exception) -> dict[str, Any]:
    # The message of a foreign exception may quote a value, so only its class and place are told.
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
