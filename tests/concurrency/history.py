"""Record calls with their responses, and check that one order of the calls explains them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.api import Answer
from tests.concurrency.calls import Call
from tests.concurrency.linearizability import Operation, dead_end
from tests.concurrency.setup import Setup


@dataclass(frozen=True, slots=True)
class Event:
    """A call with its response, and its start and end by a clock that all clients share."""

    author: str
    call: Call
    answer: Answer
    invoked: int
    responded: int

    def __str__(self) -> str:
        return f"{self.author}: {self.call} -> {self.answer.status} {self.answer.document}"


def assert_explained(setup: Setup, history: Iterable[Event]) -> None:
    """Assert that the history of each object is linearizable."""
    for name, operations in by_object(history).items():
        end = dead_end(operations, setup.initial(name))
        assert end is None, f"{name}: {end}"


def by_object(history: Iterable[Event]) -> dict[str, list[Operation]]:
    """Group operations by object. Linearizability can be checked for each object alone."""
    operations = defaultdict(list)
    for event in history:
        for seen in event.call.observations(event.answer):
            responded = event.responded if seen.is_certain else None
            operations[seen.object_name].append(
                Operation(str(event), seen.step, event.invoked, responded)
            )
    return operations
