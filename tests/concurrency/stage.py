"""Requests that run at once in steps: each is held before every request that it makes of DynamoDB.

One thread at a time runs, and a schedule says which, so an interleaving happens again as it was.
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

PATIENCE_SECONDS = 60


class Actor:
    """A call in a thread of its own, which takes a step when it is told to."""

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
        """Let it make one request of DynamoDB, and go on until its next one or its end.

        Gives whether it has ended.
        """
        if self.thread.ident is None:
            self.thread.start()
        else:
            self._may_go.release()
        assert self._has_stopped.acquire(timeout=PATIENCE_SECONDS), f"{self.name} never stops"
        if self._failure is not None:
            raise self._failure
        return self.answer is not None

    def hold(self) -> None:
        """Called in its thread: wait for the next step."""
        self._has_stopped.release()
        self._may_go.acquire()

    def _run(self) -> None:
        try:
            self.answer = self.call.send()
        except BaseException as failure:  # noqa: BLE001 - told to whoever takes the step
            self._failure = failure
        self._has_stopped.release()


class Stage:
    """Calls that run at once, and the history of those that have ended."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self.actors: list[Actor] = []
        self.history: list[Event] = []
        self._clock = clock or count().__next__
        self._names = count(1)

    def __enter__(self) -> Self:
        self._events = wiring.table()._client.meta.events
        self._events.register("before-call.dynamodb", self._hold, unique_id="stage")
        return self

    def __exit__(self, *_: object) -> None:
        self._events.unregister("before-call.dynamodb", unique_id="stage")

    def begin(self, call: Call) -> Actor:
        """Start a call, up to its first request of DynamoDB."""
        actor = Actor(f"call {next(self._names)}", call, self._clock())
        self.actors.append(actor)
        self.step(actor)
        return actor

    def step(self, actor: Actor) -> None:
        """Let an actor take one step, if it has not ended."""
        if actor in self.actors and actor.step():
            self.actors.remove(actor)
            event = Event(actor.name, actor.call, actor.answer, actor.invoked, self._clock())
            self.history.append(event)

    def finish(self, actor: Actor) -> Answer:
        """Let an actor take all its steps."""
        while actor in self.actors:
            self.step(actor)
        return actor.answer

    def do(self, call: Call) -> Answer:
        """Make a call while all others stand still."""
        return self.finish(self.begin(call))

    def _hold(self, **_: Any) -> None:
        for actor in self.actors:
            if actor.thread is threading.current_thread():
                actor.hold()
