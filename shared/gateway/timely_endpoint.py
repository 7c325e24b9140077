"""Answer a request before its deadline, whatever happens to the work for it.

The work runs in a thread of its own. At the deadline the best answer so far is sent, and the
thread is left to itself.

Source of the time of a request: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy
integrations for HTTP APIs", `requestContext.timeEpoch`.
"""

import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from functools import wraps
from typing import Any, Protocol

from shared.domain.deadlines import Deadline, Pending, within
from shared.domain.records import dataclass
from shared.gateway.endpoint import LambdaHandler
from shared.gateway.request import Request

MARGIN_SECONDS = 0.1
"""What building the response and its way to the client take, at most."""

_SERVER_ERROR = 500
_LONGEST_WAIT_SECONDS = 29
"""The time-out of a function. An earlier request is an example, or the clock is wrong."""

_SECONDS_OF_A_TRY = 0.3
"""The least time left in which work that failed is tried again."""


class FallbackLog(Protocol):
    """The log of answers without storage."""

    def fell_back(self, facts: Mapping[str, Any]) -> None:
        """Log that something was done in another way, because the first one failed."""


@dataclass(frozen=True, slots=True)
class TimelyPlan:
    """How to answer a request in time.

    Attributes:
        deadline_ms: The milliseconds in which to answer, from when the request was received.
        late: Builds the answer at the deadline from the best one that was offered, None if none
            was. Returns None if it cannot.
        begin: Begins reads that need no API key.
        latest_ms: The most milliseconds in which to answer, also if the deadline is moved. None for
            no limit.
    """

    deadline_ms: int
    late: Callable[[Any], dict[str, Any] | None]
    begin: Callable[[], None] = lambda: None
    latest_ms: int | None = None


def timely(
    handle: LambdaHandler,
    plan_of: Callable[[Request], TimelyPlan],
    unavailable: Callable[[Request], dict[str, Any]],
    log: FallbackLog,
) -> LambdaHandler:
    """Wrap a Lambda handler so that it answers before the deadline of each request.

    Args:
        handle: The handler. It may be called twice for one request.
        plan_of: Plans the answer to a request. Neither fails nor waits.
        unavailable: Builds the error response if there is no other answer.
        log: Where late answers are recorded.
    """

    def answer(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        request = Request(event)
        plan = plan_of(request)
        deadline = Deadline(
            plan.deadline_ms / 1000,
            used=_seconds_used(request),
            latest=None if plan.latest_ms is None else plan.latest_ms / 1000,
        )
        with within(deadline):
            plan.begin()
            Pending(lambda: deadline.finish(_handled(handle, event, context, deadline)))
        found, is_final = deadline.wait()
        if is_final and found["statusCode"] < _SERVER_ERROR:
            return dict(found)
        facts = {"route": request.route, "request_id": request.request_id}
        log.fell_back({**facts, "step": "answer", "is_late": not is_final})
        late = plan.late(None if is_final else found)
        if late is not None:
            return late
        if is_final:
            return dict(found)
        return unavailable(request)

    @wraps(handle)
    def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return copy_context().run(answer, event, context)

    return lambda_handler


def _handled(
    handle: LambdaHandler, event: Mapping[str, Any], context: Any, deadline: Deadline
) -> dict[str, Any]:
    """Handle a request, and once more if it failed and there is time."""
    handled = handle(event, context)
    failed = handled["statusCode"] >= _SERVER_ERROR
    if failed and deadline.seconds_left() > _SECONDS_OF_A_TRY:
        return handle(event, context)
    return handled


def _seconds_used(request: Request) -> float:
    """Return the seconds of a deadline that have passed, or that sending the answer takes."""
    passed = time.time() - request.received_at
    if not 0 <= passed < _LONGEST_WAIT_SECONDS:
        passed = 0
    return passed + MARGIN_SECONDS
