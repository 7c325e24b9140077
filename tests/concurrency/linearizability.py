"""Check whether the history of an object is linearizable.

A history is linearizable if each operation can be assigned one moment between its start and its
response, so that the operations in this order have the responses that were observed.

The search is that of Wing and Gong, "Testing and verifying concurrent objects" (1993), with the
cache of Lowe, "Testing for linearizability" (2017). No package of PyPI does this: Porcupine, which
has the same algorithm, is a library of Go, and Knossos one of Clojure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

Step = Callable[[Any], Any]
"""Returns the next state of the object. None if the response is impossible in this state."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A write or a read of the object.

    `words` describe it in failures. All operations have times of one clock. An operation without a
    time of its response may take effect at any time after its start, or never.
    """

    words: str
    step: Step
    invoked: int
    responded: int | None = None


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """The longest order that was found, the state after it, and the operations that do not fit."""

    order: list[str]
    state: Any
    rest: list[str]

    def __str__(self) -> str:
        done = "".join(f"\n    {words}" for words in self.order[-12:])
        rest = "".join(f"\n    {words}" for words in self.rest)
        return f"after{done}\n  in the state {self.state}\n  none of these fits:{rest}"


@dataclass(frozen=True, slots=True)
class _Node:
    """A set of completed operations, as bits, and the state after them."""

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
    """Return None if the history is linearizable from this state, else the longest order.

    States are compared and cached, so they must be hashable and not None.
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
        # Operations are tried in the order of their responses, the most likely order.
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
    """Return the operations that may be next: no open operation ended before they began."""
    # Operations are sorted by response, so the first open one limits the start of the next.
    first = (~done & done + 1).bit_length() - 1
    horizon = _deadline(operations[first])
    return [
        index
        for index in range(first, len(operations))
        if operations[index].invoked <= horizon and not done >> index & 1
    ]
