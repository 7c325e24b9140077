"""Requests in steps of their requests to DynamoDB, in whatever order hypothesis chooses."""

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
from tests.concurrency.program import Program, last_looks
from tests.concurrency.scene import MASTER_KEY, PHONES, Person, Scene, set_up
from tests.concurrency.stage import Actor, Stage
from tests.conftest import TABLE_NAME
from tests.fixtures import Fixtures
from tests.settled import assert_settled

MOST_AT_ONCE = 3


class Scheduler:
    """A table with the scene, which can be set again in a moment."""

    def __init__(self, fixtures: Fixtures) -> None:
        self.fixtures = fixtures
        self.scene = set_up(fixtures)
        self._items = self.fixtures.items()

    def reset(self) -> None:
        """Put everything back to where it was."""
        self.fixtures.client.delete_table(TableName=TABLE_NAME)
        self.fixtures.client.create_table(TableName=TABLE_NAME, **template().table.arguments)
        self.fixtures.put_back(self._items)


@pytest.fixture
def scheduler(fixtures: Fixtures, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    # Who tries again does so at once: others take no step while it waits.
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 12)
    return Scheduler(fixtures)


def curtain(scheduler: Scheduler, stage: Stage, people: Iterable[Person]) -> None:
    """Hold what was answered against what is there of these contacts in the end."""
    for call in last_looks(people):
        stage.do(call)
    assert_explained(scheduler.scene, stage.history)
    assert_settled(scheduler.fixtures)


# ---- What hypothesis finds ---------------------------------------------------------------------


class Interleavings(RuleBasedStateMachine):
    """Calls that begin, take steps and end, at most three at once."""

    scheduler: Scheduler

    @initialize()
    def set_the_scene(self) -> None:
        self.scheduler.reset()
        self.stage = Stage().__enter__()
        self.program = Program("me", self.scheduler.scene, self._pick)

    @precondition(lambda self: len(self.stage.actors) < MOST_AT_ONCE)
    @rule(data=st.data())
    def begin(self, data: Any) -> None:
        self._data = data
        self._learn(self.stage.begin(self.program.next_call()))

    @precondition(lambda self: self.stage.actors)
    @rule(number=st.integers(0, MOST_AT_ONCE - 1), steps=st.integers(1, 4))
    def go_on(self, number: int, steps: int) -> None:
        actor = self.stage.actors[number % len(self.stage.actors)]
        for _ in range(steps):
            self.stage.step(actor)
        self._learn(actor)

    @precondition(lambda self: self.stage.actors)
    @rule(number=st.integers(0, MOST_AT_ONCE - 1))
    def finish(self, number: int) -> None:
        actor = self.stage.actors[number % len(self.stage.actors)]
        self.stage.finish(actor)
        self._learn(actor)

    def teardown(self) -> None:
        try:
            for actor in list(self.stage.actors):
                self.stage.finish(actor)
            curtain(self.scheduler, self.stage, self.scheduler.scene.people)
        finally:
            self.stage.__exit__()

    def _pick(self, options: Any) -> Any:
        return self._data.draw(st.sampled_from(options))

    def _learn(self, actor: Actor) -> None:
        if actor.answer is not None:
            self.program.learn(actor.call, actor.answer)


@pytest.mark.timeout(0)  # to make what it finds small takes minutes; each step ends by itself
def test_any_interleaving_is_explained_by_an_order(
    scheduler: Scheduler, request: pytest.FixtureRequest
) -> None:
    rounds = request.config.getoption("--rounds")
    Interleavings.scheduler = scheduler
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


def first_set(scene: Scene) -> calls.Call:
    values = {"alpha": "old", "plan": "old"}
    return calls.KlenSet(key=MASTER_KEY, person=scene.people[1], values=values)


def set_two_pages(scene: Scene) -> calls.Call:
    values = {"plan": "new", "score": "new"}
    return calls.KlenSet(key=MASTER_KEY, person=scene.people[1], values=values)


def make_definition(scene: Scene) -> calls.Call:
    values = {"fresh": "new", "plan": "new"}
    return calls.KlenSetMakingDefinitions(key=MASTER_KEY, person=scene.people[1], values=values)


def define(scene: Scene) -> calls.Call:
    return calls.KlenDefine(key=MASTER_KEY, name="fresh")


def update_metadata(scene: Scene) -> calls.Call:
    values = {"plan": "new", "score": "new"}
    return calls.VambeSet(key=MASTER_KEY, person=scene.people[1], values=values)


def update_and_show(scene: Scene) -> calls.Call:
    values = {"plan": "new", "score": "new", "fresh": "new"}
    return calls.SetterSet(key=MASTER_KEY, person=scene.people[1], values=values)


def get(scene: Scene) -> calls.Call:
    return calls.KlenGet(key=MASTER_KEY, person=scene.people[1])


def set_renamed(scene: Scene) -> calls.Call:
    return calls.ChatCaptainSet(**of_alpha(scene), value="new")


def get_renamed(scene: Scene) -> calls.Call:
    return calls.ChatCaptainGetVariable(**of_alpha(scene))


def of_alpha(scene: Scene) -> dict[str, Any]:
    person, reference = scene.people[1], scene.references["alpha"]
    return {"key": MASTER_KEY, "person": person, "name": "alpha", "reference": reference}


def list_variables(scene: Scene) -> calls.Call:
    return calls.ChatCaptainListVariables(key=MASTER_KEY, person=scene.people[1])


def rename(scene: Scene) -> calls.Call:
    return calls.Rename(key=MASTER_KEY, reference=scene.references["alpha"], name="omega")


def clear(scene: Scene) -> calls.Call:
    return calls.ChatCaptainClear(key=MASTER_KEY, person=scene.people[1])


def delete(scene: Scene) -> calls.Call:
    return calls.ChatCaptainDelete(key=MASTER_KEY, person=scene.people[1], phone=PHONES[0])


def upsert(scene: Scene) -> calls.Call:
    return calls.VambeUpsert(key=MASTER_KEY, phone=PHONES[0], values={"plan": "new"})


def upsert_unknown(scene: Scene) -> calls.Call:
    return calls.VambeUpsert(key=MASTER_KEY, phone=PHONES[1], values={"plan": "new"})


Make = Callable[[Scene], calls.Call]

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
"""A call, and one that is made in between two of its steps."""


@pytest.mark.parametrize(("first", "second"), INTERRUPTED, ids=lambda make: make.__name__)
def test_a_call_between_any_two_steps_of_another_is_explained(
    first: Make, second: Make, scheduler: Scheduler
) -> None:
    steps = 0
    while not is_over_after(steps, first, second, scheduler):
        steps += 1
    assert steps > 1


def is_over_after(steps: int, first: Make, second: Make, scheduler: Scheduler) -> bool:
    """Make the second call after so many steps of the first; whether that had ended by then."""
    scheduler.reset()
    with Stage() as stage:
        stage.do(first_set(scheduler.scene))
        actor = stage.begin(first(scheduler.scene))
        for _ in range(steps):
            stage.step(actor)
        is_over = actor.answer is not None
        stage.do(second(scheduler.scene))
        stage.finish(actor)
        curtain(scheduler, stage, scheduler.scene.people[1:])
    return is_over
