"""Deadlines of requests, and work that is abandoned when it is late.

A thread cannot be stopped. Work that is late goes on by itself until the time-outs of its client
end it, and its outcome is dropped.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import partial
from queue import SimpleQueue
from threading import Condition, Event, Thread
from typing import Any, Generic, TypeVar

from shared.domain.errors import Unavailable

T = TypeVar("T")

_CURRENT: ContextVar["Deadline | None"] = ContextVar("deadline", default=None)


_MAX_IDLE = 16
"""The most threads that are kept for the next work. A request uses up to six, a batch more."""


class _Threads:
    """Threads that are kept when their work is done, because starting one takes 40 µs of CPU.

    Work that is late keeps its thread, and other work gets another one.
    """

    def __init__(self) -> None:
        # Appending and popping are atomic. The thread that was used last is used first.
        self._idle: list[SimpleQueue[Callable[[], object]]] = []
        # A forked process has none of the threads.
        os.register_at_fork(after_in_child=self._idle.clear)

    def run(self, work: Callable[[], object]) -> None:
        """Begin work, with the context variables of the caller. It must not raise."""
        task = partial(copy_context().run, work)
        try:
            tasks = self._idle.pop()
        except IndexError:
            Thread(target=self._work, args=(task,), daemon=True).start()
        else:
            tasks.put(task)

    def _work(self, task: Callable[[], object]) -> None:
        tasks: SimpleQueue[Callable[[], object]] = SimpleQueue()
        tasks.put(task)
        del task
        while True:
            tasks.get()()
            if len(self._idle) >= _MAX_IDLE:
                return
            self._idle.append(tasks)


_THREADS = _Threads()


class Pending(Generic[T]):
    """Work that was started in a thread of its own, with the context variables of the caller."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = Event()
        self._outcome: T | None = None
        self._error: BaseException | None = None
        _THREADS.run(self._run)

    def result(self, seconds: float | None = None) -> T:
        """Wait for the result.

        Args:
            seconds: How long to wait. None waits until the end of the current deadline, or
                without one for as long as it takes.

        Raises:
            Unavailable: The work is not done in time.
        """
        deadline = _CURRENT.get()
        if seconds is None and deadline is not None:
            seconds = deadline.seconds_left()
        if not self._done.wait(seconds):
            raise Unavailable
        if self._error is not None:
            raise self._error
        return self._outcome  # type: ignore[return-value]

    def _run(self) -> None:
        try:
            self._outcome = self._work()
        except BaseException as error:  # noqa: BLE001 - raised by `result`
            self._error = error
        self._done.set()


class Race(Generic[T]):
    """The same work, begun once or more, each time in a thread of its own. The first result wins.

    A thread that loses is left to itself.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._changed = Condition()
        self._begun = 0
        self._results: list[tuple[int, T]] = []
        self._errors: list[BaseException] = []

    def begin(self) -> None:
        """Begin the work, with the context variables of the caller."""
        number = self._begun
        with self._changed:
            self._begun += 1
        _THREADS.run(partial(self._run, number))

    def wait(self, seconds: float) -> bool:
        """Wait until there is a result, or all that was begun has failed.

        Args:
            seconds: The most seconds to wait.

        Returns:
            Whether that is so.
        """
        with self._changed:
            return self._changed.wait_for(self._is_over, seconds)

    @property
    def winner(self) -> int | None:
        """Which of the begun works had the first result, counted from 0. None if none had."""
        return self._results[0][0] if self._results else None

    def result(self) -> T:
        """Return the first result.

        Raises:
            Unavailable: There is none yet. If all that was begun has failed, the first error.
        """
        with self._changed:
            if self._results:
                return self._results[0][1]
            if not self._is_over():
                raise Unavailable
            raise self._errors[0]

    def _is_over(self) -> bool:
        return bool(self._results) or len(self._errors) == self._begun

    def _run(self, number: int) -> None:
        try:
            result = self._work()
        except BaseException as error:  # noqa: BLE001 - raised by `result`
            with self._changed:
                self._errors.append(error)
                self._changed.notify_all()
            return
        with self._changed:
            self._results.append((number, result))
            self._changed.notify_all()


class Deadline:
    """When a request must be answered, and the best answer so far.

    Args:
        seconds: The seconds from the request to its answer.
        used: The seconds of them that have passed, or that sending the answer takes.
        latest: The most seconds, to whatever the deadline is moved. None for no limit.
    """

    def __init__(self, seconds: float, *, used: float = 0.0, latest: float | None = None) -> None:
        self._started = time.monotonic() - used
        self._latest = latest
        self._ends = self._end_after(seconds)
        self._changed = Condition()
        self._offer: Any = None
        self._final: Any = None
        self._is_final = False

    def seconds_left(self) -> float:
        """Return the seconds until the deadline, 0 if it has passed."""
        return max(0.0, self._ends - time.monotonic())

    def move(self, seconds: float) -> None:
        """Set the deadline to these seconds after the request, less those that are used."""
        with self._changed:
            self._ends = self._end_after(seconds)
            self._changed.notify_all()

    def offer(self, answer: object) -> None:
        """Keep an answer that is sent unless a better one is there in time."""
        with self._changed:
            self._offer = answer

    def finish(self, answer: object) -> None:
        """Keep the final answer."""
        with self._changed:
            self._final, self._is_final = answer, True
            self._changed.notify_all()

    def wait(self) -> Any:
        """Wait for the final answer until the deadline. Return it, or None if it is late."""
        with self._changed:
            while not self._is_final and (left := self.seconds_left()) > 0:
                self._changed.wait(left)
            return self._final

    def best_offer(self) -> Any:
        """Return the last answer that was offered, or None."""
        with self._changed:
            return self._offer

    def _end_after(self, seconds: float) -> float:
        return self._started + (seconds if self._latest is None else min(seconds, self._latest))


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Make a deadline that of the work in the `with` block."""
    token = _CURRENT.set(deadline)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_deadline() -> Deadline | None:
    """Return the deadline of the current work, or None."""
    return _CURRENT.get()
