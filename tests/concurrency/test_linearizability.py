"""Test the checker: it accepts histories that one order explains, and rejects all others."""

import itertools
import random

import pytest

from tests.concurrency.linearizability import Operation, dead_end


def write(value, invoked, responded=None) -> Operation:
    return Operation(f"write {value}", lambda _: value, invoked, responded)


def read(value, invoked, responded) -> Operation:
    return Operation(
        f"read {value}", lambda state: state if state == value else None, invoked, responded
    )


def add(before, invoked, responded=None) -> Operation:
    """Return a step that increments a counter and returned its old value."""
    return Operation(
        f"add to {before}", lambda state: state + 1 if state == before else None, invoked, responded
    )


EXPLAINED = {
    "nothing": [],
    "one after another": [write(1, 0, 1), read(1, 2, 3)],
    "a read of the first state": [read(0, 0, 1)],
    "a read during a write sees it": [write(1, 0, 9), read(1, 1, 2)],
    "a read during a write does not see it yet": [write(1, 0, 9), read(0, 1, 2), read(1, 10, 11)],
    "a read during a write, then another": [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)],
    "of two writes at once either is last": [write(1, 0, 9), write(2, 0, 9), read(1, 10, 11)],
    "two reads at once see the two states": [write(1, 0, 9), read(1, 1, 8), read(0, 1, 8)],
    "an answer and a start at one instant": [write(1, 0, 5), read(0, 5, 6)],
    "a lost write that happened late": [write(1, 0), read(0, 1, 2), read(1, 3, 4)],
    "a lost write that never happened": [write(1, 0), read(0, 1, 2), read(0, 3, 4)],
    "counts at once": [add(1, 0, 9), add(0, 0, 9), add(2, 5, 9)],
    "a lost count": [add(0, 0), add(1, 2, 3)],
}

REFUSED = {
    "a read of what nobody wrote": [write(1, 0, 1), read(2, 2, 3)],
    "a read of what was overwritten": [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)],
    "a read from the future": [read(1, 0, 1), write(1, 2, 3)],
    "a write that is seen and then not": [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)],
    "two readers who see two writes in two orders": [
        *(write(1, 0, 20), write(2, 0, 20)),
        *(read(1, 1, 2), read(2, 3, 4), read(1, 5, 6)),
    ],
    "a lost update": [add(0, 0, 9), add(0, 1, 8)],
    "a lost write that happened twice": [
        *(write(1, 0), read(1, 1, 2)),
        *(write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)),
    ],
    "a lost write seen before it was asked for": [read(1, 0, 1), write(1, 2)],
}


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_history_with_an_order_is_explained(name: str):
    assert dead_end(EXPLAINED[name], 0) is None


@pytest.mark.parametrize("name", REFUSED)
def test_a_history_without_an_order_is_refused(name: str):
    assert dead_end(REFUSED[name], 0) is not None


def test_a_dead_end_tells_how_far_it_got_and_what_does_not_fit():
    history = [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5), read(2, 6, 7)]
    told = dead_end(history, 0)
    assert told is not None
    assert (told.order, told.state, told.rest) == (["write 1", "write 2"], 2, ["read 1"])
    assert "read 1" in str(told)


@pytest.mark.parametrize("seed", range(200))
def test_it_finds_what_trying_every_order_finds(seed: int):
    chance = random.Random(seed)
    history = []
    for _ in range(6):
        invoked = chance.randrange(12)
        value = chance.randrange(3)
        make = chance.choice([write, read, add])
        history.append(make(value, invoked, invoked + chance.randrange(8)))
    assert (dead_end(history, 0) is None) == any(map(explains, itertools.permutations(history)))


def explains(order: tuple[Operation, ...]) -> bool:
    """Return whether this order respects the times of operations and explains their responses."""
    state = 0
    for index, operation in enumerate(order):
        if any(later.responded < operation.invoked for later in order[index + 1 :]):
            return False
        state = operation.step(state)
        if state is None:
            return False
    return True


def test_a_long_history_of_several_at_once_is_judged_in_a_moment():
    """Without a cache, the search would take as many steps as there are orders."""
    writes = [write(value, 2 * value, 2 * value + 7) for value in range(150)]
    reads = [read(value, 2 * value + 1, 2 * value + 8) for value in range(150)]
    assert dead_end([*writes, *reads], 0) is None
    assert dead_end([*writes, *reads, read(-1, 290, 300)], 0) is not None
