"""Answer a request before its deadline, whatever happens to the work for it.

The work runs in a thread of its own. At the deadline the best answer so far is sent, and the
thread is left to itself.

Source of the time of a request: Amazon API Gateway Developer Guide, "Create AWS Lambda proxy
integrations for HTTP APIs", `requestContext.timeEpoch`.
"""

import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from functools import partial, wraps
from typing import Any, Protocol

from shared.domain.deadlines import Deadline, Pending, within
from shared.domain.records import dataclass
from shared.gateway.endpoint import LambdaHandler, error_facts
from shared.gateway.request import Request

MARGIN_SECONDS = 0.1
"""What building the response and its way to the client take, at most."""

_SERVER_ERROR = 500
_LONGEST_WAIT_SECONDS = 29
"""The time-out of a function.

Ignore older timestamps: they come from sample events or a wrong clock.
"""

_SECONDS_OF_A_TRY = 0.3
"""The least time left in which work that failed is tried again."""


class FallbackLog(Protocol):
    """The log of answers without storage, and of failures."""

    def failed(self, facts: Mapping[str, Any]) -> None:
        """Log an unexpected exception, which is a fault of the service."""

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
        plan_of: Plans the answer to a request. Must not raise or block.
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
            Pending(partial(work, event, context, request, deadline))
        final = deadline.wait()
        if final is not None and final["statusCode"] < _SERVER_ERROR:
            return dict(final)
        log.fell_back({**_facts(request), "step": "answer", "is_late": final is None})
        late = plan.late(deadline.best_offer())
        if late is not None:
            return late
        return unavailable(request) if final is None else dict(final)

    def work(event: Mapping[str, Any], context: Any, request: Request, deadline: Deadline) -> None:
        try:
            deadline.finish(_handled(handle, event, context, deadline))
        except Exception as error:  # noqa: BLE001 - every failure gets a response
            log.failed({**_facts(request), **error_facts(error)})
            deadline.finish(unavailable(request))

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


def _facts(request: Request) -> dict[str, Any]:
    return {"route": request.route, "request_id": request.request_id}


def _seconds_used(request: Request) -> float:
    """Return the seconds of a deadline that have passed, or that sending the answer takes."""
    passed = time.time() - request.received_at
    if not 0 <= passed < _LONGEST_WAIT_SECONDS:
        passed = 0
    return passed + MARGIN_SECONDS
