"""Writers of large values and what deletes parts, in steps of their requests to DynamoDB.

Whatever the order, and whoever is killed: no part is deleted that a page refers to, and in the end
all others are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

import pytest

from shared.domain.accounts import Attribution
from shared.domain.contacts import Conversation
from shared.domain.definitions import VariableType
from shared.domain.errors import Unavailable, WriteConflict
from shared.domain.values import BUSINESS, Assignment, Subject
from shared.services import conflicts
from shared.services.conflicts import retry_on_conflict
from shared.table.keys import VALUES_PER_PAGE
from shared.table.operations import Item, key_of
from shared.table.part_references import PART_BYTES
from shared.table.part_removal import PartRemoval, to_unused_parts
from shared.table.variables import VariableTable
from shared.wiring import endpoints as wiring
from tests.concurrency.stage import Stage
from tests.fixtures import LONG_AGO, Fixtures
from tests.part_cleaning import PartCleaner, Records, leases, stored_parts, used_parts

pytestmark = pytest.mark.usefixtures("streamed")

JOHN = Subject.contact(123)
TALK = Subject.conversation("conv_1")
SUBJECTS = (JOHN, TALK, BUSINESS)
each_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda each: each.context_type)
BY = Attribution(LONG_AGO)
TEXTS = ("a" * 9000, "b" * 9000, "c" * 9000, "ab" * PART_BYTES)
SMALL = "small"


@dataclass
class Work:
    """Something that an actor does, in the place of a call of an API."""

    do: Callable[[], object]

    def send(self) -> Any:
        """Do it, even if others prevent it."""
        with suppress(WriteConflict, Unavailable):
            self.do()
        return True


class Scene:
    """A table, whose parts are held against its pages after every step."""

    def __init__(self, fixtures: Fixtures, engine_url: str) -> None:
        self.fixtures = fixtures
        self.cleaner = PartCleaner(fixtures, engine_url)
        self.variables = VariableTable(wiring.table())

    def check(self) -> None:
        """No part is missing that a page refers to."""
        missing = used_parts(self.fixtures) - stored_parts(self.fixtures)
        assert not missing

    def save(self, subject: Subject, *values: str | None) -> Callable[[], object]:
        """Set the first values of a subject."""
        assignments = [
            Assignment(slot, f"v{slot}", VariableType.TEXT, value)
            for slot, value in enumerate(values)
        ]
        return lambda: retry_on_conflict(
            lambda: self.variables.save("acme", subject, assignments, [], BY)
        )

    def clear(self, subject: Subject) -> Callable[[], object]:
        return lambda: self.variables.clear("acme", subject, BY, lambda _: True)

    def end(self, subject: Subject) -> Callable[[], object]:
        """Delete a conversation and create it again under its id."""

        def do() -> None:
            if subject is TALK:
                conversation = Conversation("conv_1", 123)
                self.fixtures.contacts.delete_conversation("acme", conversation)
                self.fixtures.contacts.add_conversation("acme", conversation)

        return do

    def remove(self, records: Records) -> Callable[[], object]:
        """Delete the parts that records name."""
        found = [each for record in records if (each := to_unused_parts(record))]
        return lambda: PartRemoval(wiring.table()).delete(found)

    def settle(self, spared: frozenset[tuple[str, str]] = frozenset()) -> None:
        """Hand over all that is left to hand over; no unused part may be left then."""
        self.remove(self.cleaner.records())()
        self.remove(self.cleaner.expire(leases(self.fixtures)))()
        self.check()
        assert stored_parts(self.fixtures) - used_parts(self.fixtures) <= spared


@pytest.fixture
def scene(
    engine_world: Fixtures, engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    # Who tries again does so at once: others take no step while it waits.
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 4)
    engine_world.contact()
    engine_world.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return Scene(engine_world, engine_url)


def every_step(scene: Scene, first: Callable[[], Any], second: Callable[[], Any]) -> Iterator[int]:
    """Let the second come between every two steps of the first, each time anew."""
    for steps in count():
        work = Work(first())
        with Stage() as stage:
            actor = stage.begin(work)
            for _ in range(steps):
                stage.step(actor)
            is_over = actor.answer is not None
            stage.do(Work(second()))
            scene.check()
            stage.finish(actor)
            scene.check()
        yield steps
        if is_over:
            return


@each_subject
@pytest.mark.parametrize("stored", [(), (SMALL,), (TEXTS[0],), (TEXTS[3], TEXTS[1])])
def test_an_expiry_between_any_two_steps_of_a_writer(
    stored: tuple[str, ...], subject: Subject, scene: Scene
):
    def write() -> Callable[[], object]:
        scene.clear(subject)()
        if stored:
            scene.save(subject, *stored)()
        return scene.save(subject, TEXTS[3], SMALL)

    def expire() -> Callable[[], object]:
        return scene.remove(scene.cleaner.records() + scene.cleaner.expire(leases(scene.fixtures)))

    for _ in every_step(scene, write, expire):
        assert scene.variables.list("acme", subject)[0].value == TEXTS[3]
        scene.remove(scene.cleaner.records())()


def everything_expires(scene: Scene) -> Callable[[], object]:
    return scene.remove(scene.cleaner.records() + scene.cleaner.expire(leases(scene.fixtures)))


@each_subject
def test_an_expiry_between_any_two_steps_of_the_first_write_of_a_page(
    subject: Subject, scene: Scene
):
    pages = count(1)

    def write() -> Callable[[], object]:
        slot = VALUES_PER_PAGE * next(pages)
        new = Assignment(slot, f"v{slot}", VariableType.TEXT, TEXTS[0])
        return lambda: retry_on_conflict(
            lambda: scene.variables.save("acme", subject, [new], [], BY)
        )

    for _ in every_step(scene, write, lambda: everything_expires(scene)):
        pass


def test_an_expiry_and_a_new_conversation_of_the_same_id_between_any_two_steps(scene: Scene):
    """The new page has as many writes as the one that was read."""

    def start_again() -> None:
        scene.end(TALK)()
        scene.save(TALK, SMALL)()

    def write() -> Callable[[], object]:
        start_again()
        return scene.save(TALK, TEXTS[0])

    def expire_and_start_again() -> Callable[[], object]:
        def do() -> None:
            scene.end(TALK)()
            everything_expires(scene)()
            scene.save(TALK, SMALL)()

        return do

    for _ in every_step(scene, write, expire_and_start_again):
        pass


@each_subject
@pytest.mark.parametrize("value", [TEXTS[0], TEXTS[1], None], ids=["same", "other", "none"])
def test_a_writer_between_any_two_steps_of_a_removal(
    value: str | None, subject: Subject, scene: Scene
):
    def orphan_and_drop() -> Callable[[], object]:
        """A killed writer, a value that was replaced, and the removal of what both left."""
        scene.save(subject, SMALL)()
        with Stage() as stage:
            killed = stage.begin(Work(scene.save(subject, TEXTS[0])))
            while not stored_parts(scene.fixtures) - used_parts(scene.fixtures):
                stage.step(killed)
            stage.actors.remove(killed)
        scene.save(subject, TEXTS[0])()
        scene.save(subject, SMALL)()
        expired = scene.cleaner.expire(leases(scene.fixtures))
        return scene.remove(expired + scene.cleaner.records())

    for _ in every_step(scene, orphan_and_drop, lambda: scene.save(subject, value)):
        scene.settle()


@each_subject
def test_a_reader_between_any_two_steps_of_a_change_and_its_removal(subject: Subject, scene: Scene):
    """A reader sees the value before or the one after, also if parts vanish while it reads."""
    seen: list[object] = []

    def read() -> Callable[[], object]:
        scene.save(subject, TEXTS[0])()
        return lambda: seen.append([each.value for each in scene.variables.list("acme", subject)])

    def change() -> Callable[[], object]:
        def do() -> None:
            scene.save(subject, TEXTS[1])()
            scene.remove(scene.cleaner.records())()

        return do

    for _ in every_step(scene, read, change):
        pass
    assert seen
    assert all(each in ([TEXTS[0]], [TEXTS[1]]) for each in seen)


class History:
    """Actors that begin, take steps, end and are killed by chance."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene = scene
        self.random = Random(seed)
        self.stage = Stage()
        self.pending: Records = []
        self.spared: set[tuple[str, str]] = set()

    def run(self, steps: int) -> None:
        with self.stage:
            for _ in range(steps):
                self.random.choice([self._begin, self._expire, *[self._step] * 6, self._kill])()
                self.scene.check()
            while self.stage.actors:
                self._step()
                self.scene.check()
        self.pending += self.scene.cleaner.records()
        self.scene.remove(self.pending)()
        self.scene.settle(frozenset(self.spared))

    def _begin(self) -> None:
        if len(self.stage.actors) == 3:
            return
        subject = self.random.choice([JOHN, JOHN, TALK, TALK, BUSINESS])
        values = [self.random.choice([*TEXTS, TEXTS[0], SMALL, None]) for _ in range(2)]
        work = self.random.choice(
            [
                *[self.scene.save(subject, *values)] * 4,
                self.scene.clear(subject),
                self.scene.end(subject),
                *[self._remove] * 3,
            ]
        )
        self.stage.begin(Work(work))

    def _remove(self) -> None:
        # A batch is handed over again until it succeeds, and may be handed over twice.
        self.pending += self.scene.cleaner.records()
        records = list(self.pending)
        self.scene.remove(records)()
        self.pending = self.random.choice([[], records]) + self.pending[len(records) :]

    def _step(self) -> None:
        if self.stage.actors:
            self.stage.step(self.random.choice(self.stage.actors))

    def _kill(self) -> None:
        if self.stage.actors and self.random.random() < 0.5:
            self.stage.actors.remove(self.random.choice(self.stage.actors))

    def _expire(self) -> None:
        """Let one lease expire. Parts that are stored after that belong to no lease."""
        found: list[Item] = leases(self.scene.fixtures)
        if not found:
            return
        lease = self.random.choice(found)
        names = {(key_of(lease).pk, each["S"]) for each in lease["parts"]["L"]}
        self.spared |= names - stored_parts(self.scene.fixtures)
        self.pending += self.scene.cleaner.expire([lease])


@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed", range(12))
def test_any_history_keeps_what_is_used_and_nothing_else(
    seed: int, scene: Scene, request: pytest.FixtureRequest
):
    for number in range(request.config.getoption("--rounds")):
        History(scene, seed + 1000 * number).run(60)
