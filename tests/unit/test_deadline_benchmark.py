"""The benchmark of deadlines counts missing names and late responses."""

import json
import time
from threading import Event
from typing import Any

import pytest

from benchmarks.deadlines import DEADLINE_MS, Outcome, Pulse, page_of

NAMES = {"a", "b"}


def answer(status: int = 200, **members: Any) -> dict[str, Any]:
    body = {"complete": True, "variables": {"a": 1, "b": None}, **members}
    return {"statusCode": status, "body": json.dumps(body)}


@pytest.mark.parametrize(
    ("given", "seconds", "counted"),
    [
        (answer(), 0.2, {"complete": 1}),
        (answer(complete=False), 1.1, {}),
        (answer(variables={"a": 1}), 0.2, {"complete": 1, "lacking": 1}),
        (answer(500), 0.2, {"failed": 1}),
        (answer(), 1.3, {"complete": 1, "late": 1}),
    ],
)
def test_an_answer_is_counted_by_what_is_wrong(
    given: dict[str, Any], seconds: float, counted: dict[str, int]
):
    outcome = Outcome()
    outcome.add(given, seconds, NAMES)
    assert outcome == Outcome(requests=1, slowest=seconds, **counted)


def test_the_page_has_the_time_that_was_left():
    outcomes = {"stalled": Outcome(requests=600, complete=500, slowest=1.15)}
    page = page_of(outcomes, 12, 0.042)
    assert (
        f"600 resolves of 20 variables, by an agent with a deadline of {DEADLINE_MS:,} ms" in page
    )
    assert "| stalled | 600 | 500 | 0 | 0 | 0 | 50 |" in page
    assert "for up to 42 ms" in page


def test_the_pulse_ends_with_its_block():
    with Pulse() as pulse:
        Event().wait(0.03)
    seen = pulse.longest_delay
    time.sleep(0.03)
    assert 0 <= seen == pulse.longest_delay
