"""Interleave writers of large values with the deletion of parts, request by request.

In any order, and with any writer killed: no part is deleted that a page refers to, and in the end
all other parts are.
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
from tests.concurrency.scheduler import Scheduler
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
    """A function that the scheduler runs in place of a call of an API."""

    do: Callable[[], object]

    def send(self) -> Any:
        """Run the function. Ignores conflicts with others."""
        with suppress(WriteConflict, Unavailable):
            self.do()
        return True


class CheckedTable:
    """A table whose parts are compared with its pages after every step."""

    def __init__(self, fixtures: Fixtures, engine_url: str) -> None:
        self.fixtures = fixtures
        self.cleaner = PartCleaner(fixtures, engine_url)
        self.variables = VariableTable(wiring.table())

    def check(self) -> None:
        """Assert that every part exists that a page refers to."""
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
        """Process all remaining records, and assert that no unused part is left."""
        self.remove(self.cleaner.records())()
        self.remove(self.cleaner.expire(leases(self.fixtures)))()
        self.check()
        assert stored_parts(self.fixtures) - used_parts(self.fixtures) <= spared


@pytest.fixture
def checked(
    engine_world: Fixtures, engine_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CheckedTable]:
    # Retries must not wait: no other call takes a step meanwhile.
    monkeypatch.setattr(conflicts, "_MAX_DELAYS", (0.0,) * 4)
    engine_world.contact()
    engine_world.contacts.add_conversation("acme", Conversation("conv_1", 123))
    return CheckedTable(engine_world, engine_url)


def every_step(
    checked: CheckedTable, first: Callable[[], Any], second: Callable[[], Any]
) -> Iterator[int]:
    """Run the second between any two steps of the first, once for each position."""
    for steps in count():
        work = Work(first())
        with Scheduler() as scheduler:
            stepped = scheduler.begin(work)
            for _ in range(steps):
                scheduler.step(stepped)
            is_over = stepped.answer is not None
            scheduler.do(Work(second()))
            checked.check()
            scheduler.finish(stepped)
            checked.check()
        yield steps
        if is_over:
            return


@each_subject
@pytest.mark.parametrize("stored", [(), (SMALL,), (TEXTS[0],), (TEXTS[3], TEXTS[1])])
def test_an_expiry_between_any_two_steps_of_a_writer(
    stored: tuple[str, ...], subject: Subject, checked: CheckedTable
):
    def write() -> Callable[[], object]:
        checked.clear(subject)()
        if stored:
            checked.save(subject, *stored)()
        return checked.save(subject, TEXTS[3], SMALL)

    def expire() -> Callable[[], object]:
        return checked.remove(
            checked.cleaner.records() + checked.cleaner.expire(leases(checked.fixtures))
        )

    for _ in every_step(checked, write, expire):
        assert checked.variables.list("acme", subject)[0].value == TEXTS[3]
        checked.remove(checked.cleaner.records())()


def everything_expires(checked: CheckedTable) -> Callable[[], object]:
    return checked.remove(
        checked.cleaner.records() + checked.cleaner.expire(leases(checked.fixtures))
    )


@each_subject
def test_an_expiry_between_any_two_steps_of_the_first_write_of_a_page(
    subject: Subject, checked: CheckedTable
):
    pages = count(1)

    def write() -> Callable[[], object]:
        slot = VALUES_PER_PAGE * next(pages)
        new = Assignment(slot, f"v{slot}", VariableType.TEXT, TEXTS[0])
        return lambda: retry_on_conflict(
            lambda: checked.variables.save("acme", subject, [new], [], BY)
        )

    for _ in every_step(checked, write, lambda: everything_expires(checked)):
        pass


def test_an_expiry_and_a_new_conversation_of_the_same_id_between_any_two_steps(
    checked: CheckedTable,
):
    """The new page has as many writes as the one that was read."""

    def start_again() -> None:
        checked.end(TALK)()
        checked.save(TALK, SMALL)()

    def write() -> Callable[[], object]:
        start_again()
        return checked.save(TALK, TEXTS[0])

    def expire_and_start_again() -> Callable[[], object]:
        def do() -> None:
            checked.end(TALK)()
            everything_expires(checked)()
            checked.save(TALK, SMALL)()

        return do

    for _ in every_step(checked, write, expire_and_start_again):
        pass


@each_subject
@pytest.mark.parametrize("value", [TEXTS[0], TEXTS[1], None], ids=["same", "other", "none"])
def test_a_writer_between_any_two_steps_of_a_removal(
    value: str | None, subject: Subject, checked: CheckedTable
):
    def orphan_and_drop() -> Callable[[], object]:
        """Leave parts of a killed writer and of a replaced value, and return their removal."""
        checked.save(subject, SMALL)()
        with Scheduler() as scheduler:
            killed = scheduler.begin(Work(checked.save(subject, TEXTS[0])))
            while not stored_parts(checked.fixtures) - used_parts(checked.fixtures):
                scheduler.step(killed)
            scheduler.running.remove(killed)
        checked.save(subject, TEXTS[0])()
        checked.save(subject, SMALL)()
        expired = checked.cleaner.expire(leases(checked.fixtures))
        return checked.remove(expired + checked.cleaner.records())

    for _ in every_step(checked, orphan_and_drop, lambda: checked.save(subject, value)):
        checked.settle()


@each_subject
def test_a_reader_between_any_two_steps_of_a_change_and_its_removal(
    subject: Subject, checked: CheckedTable
):
    """A reader gets the old or the new value, also if parts are deleted while it reads."""
    seen: list[object] = []

    def read() -> Callable[[], object]:
        checked.save(subject, TEXTS[0])()
        return lambda: seen.append([each.value for each in checked.variables.list("acme", subject)])

    def change() -> Callable[[], object]:
        def do() -> None:
            checked.save(subject, TEXTS[1])()
            checked.remove(checked.cleaner.records())()

        return do

    for _ in every_step(checked, read, change):
        pass
    assert seen
    assert all(each in ([TEXTS[0]], [TEXTS[1]]) for each in seen)


class History:
    """Calls that start, take steps, end and are killed at random."""

    def __init__(self, checked: CheckedTable, seed: int) -> None:
        self.checked = checked
        self.random = Random(seed)
        self.scheduler = Scheduler()
        self.pending: Records = []
        self.spared: set[tuple[str, str]] = set()

    def run(self, steps: int) -> None:
        with self.scheduler:
            for _ in range(steps):
                self.random.choice([self._begin, self._expire, *[self._step] * 6, self._kill])()
                self.checked.check()
            while self.scheduler.running:
                self._step()
                self.checked.check()
        self.pending += self.checked.cleaner.records()
        self.checked.remove(self.pending)()
        self.checked.settle(frozenset(self.spared))

    def _begin(self) -> None:
        if len(self.scheduler.running) == 3:
            return
        subject = self.random.choice([JOHN, JOHN, TALK, TALK, BUSINESS])
        values = [self.random.choice([*TEXTS, TEXTS[0], SMALL, None]) for _ in range(2)]
        work = self.random.choice(
            [
                *[self.checked.save(subject, *values)] * 4,
                self.checked.clear(subject),
                self.checked.end(subject),
                *[self._remove] * 3,
            ]
        )
        self.scheduler.begin(Work(work))

    def _remove(self) -> None:
        # A batch is delivered again until it succeeds, and may be delivered twice.
        self.pending += self.checked.cleaner.records()
        records = list(self.pending)
        self.checked.remove(records)()
        self.pending = self.random.choice([[], records]) + self.pending[len(records) :]

    def _step(self) -> None:
        if self.scheduler.running:
            self.scheduler.step(self.random.choice(self.scheduler.running))

    def _kill(self) -> None:
        if self.scheduler.running and self.random.random() < 0.5:
            self.scheduler.running.remove(self.random.choice(self.scheduler.running))

    def _expire(self) -> None:
        """Let one lease expire. Parts that are stored later belong to no lease."""
        found: list[Item] = leases(self.checked.fixtures)
        if not found:
            return
        lease = self.random.choice(found)
        names = {(key_of(lease).pk, each["S"]) for each in lease["parts"]["L"]}
        self.spared |= names - stored_parts(self.checked.fixtures)
        self.pending += self.checked.cleaner.expire([lease])


@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed", range(12))
def test_any_history_keeps_what_is_used_and_nothing_else(
    seed: int, checked: CheckedTable, request: pytest.FixtureRequest
):
    for number in range(request.config.getoption("--rounds")):
        History(checked, seed + 1000 * number).run(60)
