"""A deadline that is changed keeps the time that is already used."""

import time
from threading import Event
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


class Log:
    def fell_back(self, facts: Any) -> None:
        """Ignore the facts."""


def test_an_agent_that_sets_the_deadline_leaves_time_to_send_the_answer():
    seen: list[float] = []

    def handle(event: Any, context: Any) -> dict[str, Any]:
        deadline = current_deadline()
        assert deadline is not None
        deadline.move(ENOUGH)
        seen.append(deadline.seconds_left())
        return {"statusCode": 200}

    handler = timely(
        handle, lambda _: TimelyPlan(1000, lambda _: None), lambda _: {"statusCode": 500}, Log()
    )
    received = time.time() - 2
    event = {"requestContext": {"http": {"method": "POST"}, "timeEpoch": received * 1000}}
    assert handler(event, None) == {"statusCode": 200}
    assert seen[0] <= ENOUGH - MARGIN_SECONDS - 2
