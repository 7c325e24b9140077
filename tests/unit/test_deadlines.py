"""A deadline that is changed keeps the time that is already used."""

import os
import time
from threading import Event, get_ident
from typing import Any

import pytest

from shared.domain.deadlines import Deadline, Pending, current_deadline, within
from shared.domain.errors import Unavailable
from shared.gateway.timely_endpoint import MARGIN_SECONDS, TimelyPlan, timely

ENOUGH = 60.0


def left(deadline: Deadline) -> float:
    return round(deadline.seconds_left(), 1)


def test_what_is_used_is_not_left():
    assert left(Deadline(ENOUGH, used=10)) == 50


def test_a_deadline_that_moves_keeps_what_is_used():
    deadline = Deadline(ENOUGH, used=10)
    deadline.move(40)
    assert left(deadline) == 30


@pytest.mark.parametrize(("seconds", "expected"), [(20, 10), (100, 30)])
def test_a_deadline_moves_to_the_latest_at_most(seconds: float, expected: float):
    deadline = Deadline(ENOUGH, used=10, latest=40)
    assert left(deadline) == 30
    deadline.move(seconds)
    assert left(deadline) == expected


@pytest.mark.parametrize("seconds", [0, None])
def test_work_that_is_late_is_not_available(seconds: float | None):
    is_over = Event()
    work = Pending(lambda: is_over.wait(ENOUGH))
    with within(Deadline(0)), pytest.raises(Unavailable):
        work.result(seconds)
    is_over.set()
    assert work.result(ENOUGH) is True


def test_work_gets_a_thread_whose_work_is_done():
    first = Pending(get_ident).result(ENOUGH)
    seen = {Pending(get_ident).result(ENOUGH) for _ in range(50)}
    # A thread is free a moment after its result is there.
    assert first in seen or len(seen) < 25


def test_work_does_not_wait_for_work_that_is_late():
    is_over = Event()
    late = [Pending(lambda: is_over.wait(ENOUGH)) for _ in range(20)]
    assert Pending(lambda: "done").result(ENOUGH) == "done"
    is_over.set()
    assert all(each.result(ENOUGH) for each in late)
    # More threads than are kept have ended, and work goes on.
    assert [Pending(lambda: "done").result(ENOUGH) for _ in range(40)] == ["done"] * 40


def test_work_has_the_context_of_who_began_it_whatever_its_thread_did_before():
    deadlines = [Deadline(ENOUGH) for _ in range(5)]
    seen = []
    for each in deadlines:
        with within(each):
            seen.append(Pending(current_deadline).result(ENOUGH))
    assert seen == deadlines
    assert Pending(current_deadline).result(ENOUGH) is None


def test_a_forked_process_begins_work_too():
    Pending(get_ident).result(ENOUGH)
    child = os.fork()
    if not child:
        os._exit(0 if Pending(lambda: 7).result(5) == 7 else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0


class Log:
    def __init__(self) -> None:
        self.failures: list[Any] = []

    def fell_back(self, facts: Any) -> None:
        """Ignore the facts."""

    def failed(self, facts: Any) -> None:
        """Keep the facts."""
        self.failures.append(facts)


def test_an_agent_that_sets_the_deadline_leaves_time_to_send_the_answer():
    seen: list[float] = []

    def handle(event: Any, context: Any) -> dict[str, Any]:
        deadline = current_deadline()
        assert deadline is not None
        deadline.move(ENOUGH)
        seen.append(deadline.seconds_left())
        return {"statusCode": 200}

    handler = timely(
        handle, lambda _: TimelyPlan(30_000, lambda _: None), lambda _: {"statusCode": 500}, Log()
    )
    received = time.time() - 2
    event = {"requestContext": {"http": {"method": "POST"}, "timeEpoch": received * 1000}}
    assert handler(event, None) == {"statusCode": 200}
    assert seen[0] <= ENOUGH - MARGIN_SECONDS - 2


def test_an_offer_is_sent_if_a_later_step_fails():
    def handle(event: Any, context: Any) -> dict[str, Any]:
        deadline = current_deadline()
        assert deadline is not None
        deadline.offer("good")
        return {"statusCode": 500}

    plan = TimelyPlan(20_000, lambda best: {"statusCode": 200, "body": best})
    handler = timely(handle, lambda _: plan, lambda _: {"statusCode": 503}, Log())
    event = {"requestContext": {"http": {"method": "POST"}}}
    assert handler(event, None) == {"statusCode": 200, "body": "good"}


def test_an_exception_is_logged_and_answered_at_once():
    def handle(event: Any, context: Any) -> dict[str, Any]:
        raise ValueError

    log = Log()
    plan = TimelyPlan(20_000, lambda _: None)
    handler = timely(handle, lambda _: plan, lambda _: {"statusCode": 503}, log)
    started = time.monotonic()
    event = {"requestContext": {"http": {"method": "POST"}}}
    assert handler(event, None) == {"statusCode": 503}
    assert time.monotonic() - started < 10
    (failure,) = log.failures
    assert failure["error"] == "ValueError"
    assert failure["frames"]
