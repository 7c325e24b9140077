"""What clients did and were answered, and whether one order of it explains every answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tests.api import Answer
from tests.concurrency.calls import Call
from tests.concurrency.linearizability import Operation, dead_end
from tests.concurrency.scene import Scene


@dataclass(frozen=True, slots=True)
class Event:
    """A call with its answer, and when it began and ended by a clock that all clients share."""

    author: str
    call: Call
    answer: Answer
    invoked: int
    responded: int

    def __str__(self) -> str:
        return f"{self.author}: {self.call} -> {self.answer.status} {self.answer.document}"


def assert_explained(scene: Scene, history: Iterable[Event]) -> None:
    """Hold each object's part of a history to some order that explains it."""
    for name, operations in by_object(history).items():
        end = dead_end(operations, scene.initial(name))
        assert end is None, f"{name}: {end}"


def by_object(history: Iterable[Event]) -> dict[str, list[Operation]]:
    """What each object has seen; an object is linearizable or not whatever others are."""
    operations = defaultdict(list)
    for event in history:
        for seen in event.call.observations(event.answer):
            responded = event.responded if seen.is_certain else None
            operations[seen.object_name].append(
                Operation(str(event), seen.step, event.invoked, responded)
            )
    return operations
