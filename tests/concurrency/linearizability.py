"""Whether what was observed of one object can be told as one thing after another.

A history is linearizable if each of its operations can be given one moment between its start and
its answer, so that done in this order they answer what they did.

The search is that of Wing and Gong, "Testing and verifying concurrent objects" (1993), with
Lowe's memory of what was tried, "Testing for linearizability" (2017).
It is written here since no package of PyPI was found that does it: Porcupine, whose algorithm this
is, is a library of Go, and Knossos one of Clojure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

Step = Callable[[Any], Any]
"""From a state of the object to the next; None says that nothing is answered so in that state."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that was done to the object, or seen of it.

    `words` are for whoever reads a failure. Instants are of any clock that all share. Without
    `answered` nobody knows what came of it: it happens at any time from then on, or never.
    """

    words: str
    step: Step
    invoked: int
    responded: int | None = None


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """As far as any order gets: what it did, the state after that, and what does not fit then."""

    order: list[str]
    state: Any
    rest: list[str]

    def __str__(self) -> str:
        done = "".join(f"\n    {words}" for words in self.order[-12:])
        rest = "".join(f"\n    {words}" for words in self.rest)
        return f"after{done}\n  in the state {self.state}\n  none of these fits:{rest}"


@dataclass(frozen=True, slots=True)
class _Node:
    """Some operations done, as bits, and the state that this has led to."""

    done: int
    state: Any
    last: int | None = None
    before: _Node | None = None

    def order(self) -> Iterator[int]:
        if self.before is not None:
            yield from self.before.order()
        if self.last is not None:
            yield self.last


def dead_end(history: Sequence[Operation], initial: Any) -> DeadEnd | None:
    """None if the history is linearizable from this state, else how far it could be told.

    States are compared and remembered, so they must be hashable, and none of them None.
    """
    operations = sorted(history, key=_deadline)
    responded = sum(1 << i for i, each in enumerate(operations) if each.responded is not None)
    furthest = _Node(0, initial)
    tried = {(0, initial)}
    open_nodes = [furthest]
    while open_nodes:
        node = open_nodes.pop()
        if node.done & responded == responded:
            return None
        if node.done.bit_count() > furthest.done.bit_count():
            furthest = node
        # The one whose answer came first is tried first: it is most likely next.
        for index in reversed(_next(operations, node.done)):
            state = operations[index].step(node.state)
            done = node.done | 1 << index
            if state is not None and (done, state) not in tried:
                tried.add((done, state))
                open_nodes.append(_Node(done, state, index, node))
    return DeadEnd(
        [operations[index].words for index in furthest.order()],
        furthest.state,
        [operations[index].words for index in _next(operations, furthest.done)],
    )


def _deadline(operation: Operation) -> float:
    return inf if operation.responded is None else operation.responded


def _next(operations: Sequence[Operation], done: int) -> list[int]:
    """Those that may be next: none that is not done was answered before they began."""
    # They are in order of their answers, so the first that is not done sets the horizon.
    first = (~done & done + 1).bit_length() - 1
    horizon = _deadline(operations[first])
    return [
        index
        for index in range(first, len(operations))
        if operations[index].invoked <= horizon and not done >> index & 1
    ]
