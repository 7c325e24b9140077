"""Interleave calls by their requests to DynamoDB, in any order that hypothesis chooses."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from shared.services import conflicts
from tests.api import template
from tests.concurrency import calls
from tests.concurrency.history import assert_explained
from tests.concurrency.random_client import RandomClient, final_reads
from tests.concurrency.scheduler import Scheduler, SteppedCall
from tests.concurrency.setup import MASTER_KEY, PHONES, Person, Setup, create_setup
from tests.conftest import TABLE_NAME
from tests.fixtures import Fixtures
from tests.settled import assert_settled

MOST_AT_ONCE = 3


class ResettableTable:
    """A table with the setup, which can be reset quickly."""

    def __init__(self, fixtures: Fixtures) -> None:
        self.fixtures = fixtures
        self.setup = create_setup(fixtures)
        self._items = self.fixtures.items()

    def reset(self) -> None:
        """Restore the items of the setup."""
        self.fixtures.client.delete_table(TableName=TABLE_NAME)
        self.fixtures.client.create_table(TableName=TABLE_NAME, **template().table.arguments)
        self.fixtures.put_back(self._items)


@pytest.fixture
def resettable(fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> ResettableTable:
    # Retries must not wait: no other call takes a step meanwhile.
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 12)
    return ResettableTable(fixtures)


def assert_final_state(
    resettable: ResettableTable, scheduler: Scheduler, people: Iterable[Person]
) -> None:
    """Assert that the history explains the final state of these contacts."""
    for call in final_reads(people):
        scheduler.do(call)
    assert_explained(resettable.setup, scheduler.history)
    assert_settled(resettable.fixtures)


# ---- What hypothesis finds ---------------------------------------------------------------------


class Interleavings(RuleBasedStateMachine):
    """Calls that start, take steps and end, at most three at the same time."""

    resettable: ResettableTable

    @initialize()
    def set_the_scene(self) -> None:
        self.resettable.reset()
        self.scheduler = Scheduler().__enter__()
        self.client = RandomClient("me", self.resettable.setup, self._pick)

    @precondition(lambda self: len(self.scheduler.running) < MOST_AT_ONCE)
    @rule(data=st.data())
    def begin(self, data: Any) -> None:
        self._data = data
        self._learn(self.scheduler.begin(self.client.next_call()))

    @precondition(lambda self: self.scheduler.running)
    @rule(number=st.integers(0, MOST_AT_ONCE - 1), steps=st.integers(1, 4))
    def go_on(self, number: int, steps: int) -> None:
        stepped = self.scheduler.running[number % len(self.scheduler.running)]
        for _ in range(steps):
            self.scheduler.step(stepped)
        self._learn(stepped)

    @precondition(lambda self: self.scheduler.running)
    @rule(number=st.integers(0, MOST_AT_ONCE - 1))
    def finish(self, number: int) -> None:
        stepped = self.scheduler.running[number % len(self.scheduler.running)]
        self.scheduler.finish(stepped)
        self._learn(stepped)

    def teardown(self) -> None:
        try:
            for stepped in list(self.scheduler.running):
                self.scheduler.finish(stepped)
            assert_final_state(self.resettable, self.scheduler, self.resettable.setup.people)
        finally:
            self.scheduler.__exit__()

    def _pick(self, options: Any) -> Any:
        return self._data.draw(st.sampled_from(options))

    def _learn(self, stepped: SteppedCall) -> None:
        if stepped.answer is not None:
            self.client.learn(stepped.call, stepped.answer)


@pytest.mark.timeout(0)  # shrinking takes minutes; each step has a timeout
def test_any_interleaving_is_explained_by_an_order(
    resettable: ResettableTable, request: pytest.FixtureRequest
) -> None:
    rounds = request.config.getoption("--rounds")
    Interleavings.resettable = resettable
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=10 * rounds,
            stateful_step_count=25,
            deadline=None,
            derandomize=rounds == 1,
            suppress_health_check=list(HealthCheck),
        ),
    )


# ---- What was found, kept ----------------------------------------------------------------------


def first_set(setup: Setup) -> calls.Call:
    values = {"alpha": "old", "plan": "old"}
    return calls.KlenSet(key=MASTER_KEY, person=setup.people[1], values=values)


def set_two_pages(setup: Setup) -> calls.Call:
    values = {"plan": "new", "score": "new"}
    return calls.KlenSet(key=MASTER_KEY, person=setup.people[1], values=values)


def make_definition(setup: Setup) -> calls.Call:
    values = {"fresh": "new", "plan": "new"}
    return calls.KlenSetMakingDefinitions(key=MASTER_KEY, person=setup.people[1], values=values)


def define(setup: Setup) -> calls.Call:
    return calls.KlenDefine(key=MASTER_KEY, name="fresh")


def update_metadata(setup: Setup) -> calls.Call:
    values = {"plan": "new", "score": "new"}
    return calls.VambeSet(key=MASTER_KEY, person=setup.people[1], values=values)


def update_and_show(setup: Setup) -> calls.Call:
    values = {"plan": "new", "score": "new", "fresh": "new"}
    return calls.SetterSet(key=MASTER_KEY, person=setup.people[1], values=values)


def get(setup: Setup) -> calls.Call:
    return calls.KlenGet(key=MASTER_KEY, person=setup.people[1])


def set_renamed(setup: Setup) -> calls.Call:
    return calls.ChatCaptainSet(**of_alpha(setup), value="new")


def get_renamed(setup: Setup) -> calls.Call:
    return calls.ChatCaptainGetVariable(**of_alpha(setup))


def of_alpha(setup: Setup) -> dict[str, Any]:
    person, reference = setup.people[1], setup.references["alpha"]
    return {"key": MASTER_KEY, "person": person, "name": "alpha", "reference": reference}


def list_variables(setup: Setup) -> calls.Call:
    return calls.ChatCaptainListVariables(key=MASTER_KEY, person=setup.people[1])


def rename(setup: Setup) -> calls.Call:
    return calls.Rename(key=MASTER_KEY, reference=setup.references["alpha"], name="omega")


def clear(setup: Setup) -> calls.Call:
    return calls.ChatCaptainClear(key=MASTER_KEY, person=setup.people[1])


def delete(setup: Setup) -> calls.Call:
    return calls.ChatCaptainDelete(key=MASTER_KEY, person=setup.people[1], phone=PHONES[0])


def upsert(setup: Setup) -> calls.Call:
    return calls.VambeUpsert(key=MASTER_KEY, phone=PHONES[0], values={"plan": "new"})


def upsert_unknown(setup: Setup) -> calls.Call:
    return calls.VambeUpsert(key=MASTER_KEY, phone=PHONES[1], values={"plan": "new"})


Make = Callable[[Setup], calls.Call]

INTERRUPTED: list[tuple[Make, Make]] = [
    (get_renamed, rename),
    (list_variables, rename),
    (set_renamed, rename),
    (rename, rename),
    (clear, delete),
    (clear, set_two_pages),
    (set_two_pages, clear),
    (update_and_show, clear),
    (update_metadata, delete),
    (upsert, delete),
    (delete, upsert),
    (delete, set_two_pages),
    (upsert_unknown, upsert_unknown),
    (make_definition, define),
    (get, set_two_pages),
    (set_two_pages, get),
    (update_and_show, set_two_pages),
]
"""A call, and one that runs between two of its steps."""


@pytest.mark.parametrize(("first", "second"), INTERRUPTED, ids=lambda make: make.__name__)
def test_a_call_between_any_two_steps_of_another_is_explained(
    first: Make, second: Make, resettable: ResettableTable
) -> None:
    steps = 0
    while not is_over_after(steps, first, second, resettable):
        steps += 1
    assert steps > 1


def is_over_after(steps: int, first: Make, second: Make, resettable: ResettableTable) -> bool:
    """Run the second call after `steps` of the first. Return whether the first had ended."""
    resettable.reset()
    with Scheduler() as scheduler:
        scheduler.do(first_set(resettable.setup))
        stepped = scheduler.begin(first(resettable.setup))
        for _ in range(steps):
            scheduler.step(stepped)
        is_over = stepped.answer is not None
        scheduler.do(second(resettable.setup))
        scheduler.finish(stepped)
        assert_final_state(resettable, scheduler, resettable.setup.people[1:])
    return is_over
