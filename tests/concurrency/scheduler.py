"""Interleave calls: each call pauses before every request that it sends to DynamoDB.

One thread runs at a time. The test decides which, so an interleaving can be repeated.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any, Self

from shared.wiring import endpoints as wiring
from tests.api import Answer
from tests.concurrency.calls import Call
from tests.concurrency.history import Event

STEP_TIMEOUT_SECONDS = 60


class SteppedCall:
    """A call in a thread of its own, which runs step by step."""

    def __init__(self, name: str, call: Call, invoked: int) -> None:
        self.name = name
        self.call = call
        self.invoked = invoked
        self.answer: Answer | None = None
        self._failure: BaseException | None = None
        self._may_go = threading.Semaphore(0)
        self._has_stopped = threading.Semaphore(0)
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def step(self) -> bool:
        """Let the call send one request to DynamoDB, and run until its next one or its end.

        Returns:
            Whether the call has ended.
        """
        if self.thread.ident is None:
            self.thread.start()
        else:
            self._may_go.release()
        assert self._has_stopped.acquire(timeout=STEP_TIMEOUT_SECONDS), (
            f"{self.name} does not pause"
        )
        if self._failure is not None:
            raise self._failure
        return self.answer is not None

    def wait_for_step(self) -> None:
        """Wait for the next step. Called in the thread of the call."""
        self._has_stopped.release()
        self._may_go.acquire()

    def _run(self) -> None:
        try:
            self.answer = self.call.send()
        except BaseException as failure:  # noqa: BLE001 - `step` raises it
            self._failure = failure
        self._has_stopped.release()


class Scheduler:
    """Runs calls step by step, and records those that have ended."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self.running: list[SteppedCall] = []
        self.history: list[Event] = []
        self._clock = clock or count().__next__
        self._names = count(1)

    def __enter__(self) -> Self:
        self._events = wiring.table()._client.meta.events
        self._events.register("before-call.dynamodb", self._hold, unique_id="scheduler")
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-call.dynamodb", unique_id="scheduler")

    def begin(self, call: Call) -> SteppedCall:
        """Start a call, and run it up to its first request to DynamoDB."""
        stepped = SteppedCall(f"call {next(self._names)}", call, self._clock())
        self.running.append(stepped)
        self.step(stepped)
        return stepped

    def step(self, stepped: SteppedCall) -> None:
        """Run one step of a call, if it has not ended."""
        if stepped in self.running and stepped.step():
            self.running.remove(stepped)
            event = Event(
                stepped.name, stepped.call, stepped.answer, stepped.invoked, self._clock()
            )
            self.history.append(event)

    def finish(self, stepped: SteppedCall) -> Answer:
        """Run all remaining steps of a call, and return its response."""
        while stepped in self.running:
            self.step(stepped)
        return stepped.answer

    def do(self, call: Call) -> Answer:
        """Run a whole call while all others are paused."""
        return self.finish(self.begin(call))

    def _hold(self, **_: Any) -> None:
        for stepped in self.running:
            if stepped.thread is threading.current_thread():
                stepped.wait_for_step()
