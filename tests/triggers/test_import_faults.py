"""Imports whose function is killed, throttled, late or started twice.

A process is killed after each call of an adapter, since between two of them nothing is done that
outlasts it. What comes after it is what SQS brings, the same message once more.
"""

import csv
import io
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from shared.domain.accounts import Caller
from shared.domain.contacts import Contact, Identifier, IdentifierKind
from shared.domain.errors import Postponed, Unavailable
from shared.domain.imports import BacklogChange, ImportStatus, Lease, RunMessage
from shared.services.imports import import_run
from shared.services.imports.context import ImportContext
from shared.services.imports.jobs import cancel_import
from shared.services.imports.runs import process_runs
from shared.triggers.import_messages import run_messages_of
from shared.triggers.queue import Message
from shared.validation.run_messages import encode_run_message
from shared.wiring import import_runs as import_run_wiring
from shared.wiring import imports as import_wiring
from tests.triggers.importing import BUCKET, Importer

_SCENES = count()
NOW = datetime.now(UTC)
ADAPTERS = ("imports", "files", "queue", "contacts", "definitions", "accounts")
NAMES = "abcdef"
BAD = {"b": "no address,1", "e": "{address},old"}
ERRORS = [["3", "email"], ["6", "age"]]
HELD = {name: [] if name in BAD else [{"age": age}] for age, name in enumerate(NAMES)}


class Killed(BaseException):
    """The process has ended: nothing catches this."""


class Plan:
    """Which call of an adapter goes wrong, how, and whether it is made all the same."""

    def __init__(self, at: int, error: BaseException, *, is_made: bool) -> None:
        self.calls = 0
        self.at = at
        self.error = error
        self.is_made = is_made

    def call(self, do: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """Make a call, or not."""
        self.calls += 1
        if self.calls != self.at:
            return do(*args, **facts)
        if self.is_made:
            do(*args, **facts)
        raise self.error


class Doomed:
    """An adapter whose calls are made by a plan."""

    def __init__(self, adapter: Any, plan: Plan) -> None:
        self._adapter = adapter
        self._plan = plan

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **facts: self._plan.call(getattr(self._adapter, name), *args, **facts)


class Clock:
    """A clock on which each chunk takes so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.late = timedelta()
        self.step = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.late


class ImpatientQueue:
    """The port `ImportQueue` without delays."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def send(self, ticket: Any, _: int) -> None:
        """Take in a ticket, to be given right away."""
        self._queue.send(ticket, 0)


class Slow:
    """A port over another one, with which time goes by."""

    def __init__(self, port: Any, clock: Clock) -> None:
        self._port = port
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class SlowImports(Slow):
    """The port `Imports` whose checkpoints let time go by."""

    def checkpoint(self, *args: Any) -> None:
        """Store how far a run is, at last, unless that is no further than the header."""
        self._port.checkpoint(*args)
        _, _, progress, _ = args
        self._clock.late += self._clock.step * bool(progress.rows)


class SlowDefinitions(Slow):
    """The port `Definitions` on which each new definition takes a while."""

    def add(self, *args: Any) -> None:
        """Store definitions, at last."""
        self._port.add(*args)
        self._clock.late += self._clock.step


def impatient_workshop(clock: Clock) -> ImportContext:
    """What imports are worked on with, by a clock, and without delays."""
    made = import_run_wiring.import_context()
    return replace(made, queue=ImpatientQueue(made.queue), now=clock.now)


class Scene:
    """One import of a small file, and the messages that are about it."""

    def __init__(self, importer: Importer, *, seconds_per_chunk: float = 0) -> None:
        self.importer = importer
        self._number = next(_SCENES)
        self._seconds = seconds_per_chunk
        rows = [
            BAD.get(name, f"{{address}},{age}").format(address=self.address(name))
            for age, name in enumerate(NAMES)
        ]
        self.job = importer.ask()
        self.message = importer.upload(self.job, "\n".join(["email,age", *rows, ""]))

    def address(self, name: str) -> str:
        """The e-mail address of somebody in this scene."""
        return f"{name}@{self._number}.example.com"

    def deliver(
        self, body: Any, plan: Plan | None = None, planned: Sequence[str] = ADAPTERS
    ) -> bool:
        """Hand a message to a function whose adapters may have a plan; whether it was taken."""
        now = datetime.now(UTC)
        message = Message("a-message", json.dumps(body), now, now + timedelta(seconds=120))
        import_context = self._workshop(plan, planned)
        try:
            process_runs(import_context, run_messages_of(message), message.ends_at)
        except Postponed:
            return False
        return True

    def finish(self, *bodies: Any) -> None:
        """Deliver messages, and all that come of them, until none is left; leases end meanwhile."""
        left = list(bodies)
        for _ in range(100):
            if not left:
                return
            self.end_lease()
            assert self.deliver(left.pop(0))
            while (body := self.importer.next_message()) is not None:
                left.append(body)
        raise AssertionError("it does not end")

    def end_lease(self) -> None:
        """Let the time of a killed function pass."""
        key = {"pk": {"S": "ACCOUNT#acme#IMPORTS"}, "sk": {"S": f"IMPORT#{self.job.import_id}"}}
        fixtures = self.importer.fixtures
        item = fixtures.client.get_item(TableName=fixtures.table_name, Key=key)["Item"]
        if "holder" in item:
            item["leased_until"] = {"N": "0"}
            fixtures.client.put_item(TableName=fixtures.table_name, Item=item)

    def outcome(self) -> tuple[Any, ...]:
        """All that a client sees of the import, and what it has made."""
        known = self.importer.job(self.job)
        counts = (known.progress.imported, known.progress.failed, known.progress.rows)
        return known.status, counts, self._errors(), self._held()

    def contact(self, name: str) -> Contact:
        """The one contact of somebody in this scene."""
        (found,) = self._contacts(name)
        return found

    def _workshop(self, plan: Plan | None, planned: Sequence[str]) -> ImportContext:
        clock = Clock(self._seconds)
        made = impatient_workshop(clock)
        made = replace(made, imports=SlowImports(made.imports, clock))
        if plan is None:
            return made
        adapters = {name: Doomed(getattr(made, name), plan) for name in planned}
        return replace(made, **adapters, for_each=lambda do, items: [do(each) for each in items])

    def _errors(self) -> list[list[str]]:
        rows = list(csv.reader(io.StringIO(self.importer.errors(self.job))))
        return [row[:2] for row in rows[1:]]

    def held_by(self, name: str) -> list[dict[str, Any]]:
        """The variables of each contact of somebody in this scene."""
        contacts = self.importer.fixtures.contacts
        found = [
            contacts.find_with_values("acme", each.contact_id) for each in self._contacts(name)
        ]
        return [{each.name: each.value for each in one.values} for one in found]

    def _held(self) -> dict[str, list[dict[str, Any]]]:
        return {name: self.held_by(name) for name in NAMES}

    def _contacts(self, name: str) -> Sequence[Contact]:
        named = Identifier(IdentifierKind.EMAIL, self.address(name))
        return self.importer.fixtures.contacts.find_by_identifier("acme", named).contacts


CLEAN = (ImportStatus.COMPLETED, (4, 2, 6), ERRORS, HELD)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 2)
    monkeypatch.setattr(import_run, "BLOCK_BYTES", 50)
    monkeypatch.setattr(import_run, "ERROR_PARTS_PER_FILE", 1)


@pytest.mark.parametrize("seconds", [0, 100], ids=["in one run", "in a run for each chunk"])
def test_a_clean_import_is_what_the_others_are_held_to(seconds: int, importer: Importer):
    scene = Scene(importer, seconds_per_chunk=seconds)
    scene.finish(scene.message)
    assert scene.outcome() == CLEAN
    # The time of the third is over when all is read: a fourth joins the row errors.
    assert importer.job(scene.job).run == (4 if seconds else 1)


@pytest.mark.parametrize("first", range(1, 7))
@pytest.mark.parametrize("seconds", [0, 100], ids=["in one run", "in a run for each chunk"])
def test_a_function_killed_after_any_call_loses_and_doubles_nothing(
    seconds: int, first: int, importer: Importer
):
    """Each case has every sixth call of the first run."""
    for at in count(first, 6):
        scene = Scene(importer, seconds_per_chunk=seconds)
        plan = Plan(at, Killed(), is_made=True)
        try:
            scene.deliver(scene.message, plan)
        except Killed:
            scene.finish(scene.message, *waiting(importer))
            assert scene.outcome() == CLEAN, f"killed at call {at}"
            continue
        scene.finish(*waiting(importer))
        assert scene.outcome() == CLEAN
        return


def test_of_several_rows_of_a_contact_the_last_one_wins_whatever_was_written_twice(
    importer: Importer,
):
    """A chunk that is written again takes the contact back to its first row, and on to the last."""
    ages = set()
    for at in count(1):
        scene = Scene(importer)
        address = scene.address("z")
        rows = [f"{address},1", f"{address},2", f"{scene.address('y')},3", ""]
        message = importer.upload(scene.job, "\n".join(["email,age", *rows]))
        plan = Plan(at, Killed(), is_made=True)
        with suppress(Killed):
            scene.deliver(message, plan)
        ages.add(str(scene.held_by("z")))
        scene.finish(message, *waiting(importer))
        known = importer.job(scene.job)
        assert (known.status, known.progress.imported) == (ImportStatus.COMPLETED, 3)
        assert scene.held_by("z") == [{"age": 2}], f"killed at call {at}"
        if plan.calls < at:
            break
    assert ages == {"[]", "[{'age': 1}]", "[{'age': 2}]"}


def waiting(importer: Importer) -> list[Any]:
    """The messages that are in the queue."""
    return list(iter(importer.next_message, None))


@pytest.mark.parametrize("first", range(1, 7))
def test_a_storage_that_fails_at_any_call_delays_and_no_more(first: int, importer: Importer):
    for at in count(first, 6):
        scene = Scene(importer)
        plan = Plan(at, Unavailable(), is_made=True)
        try:
            scene.deliver(scene.message, plan)
            again = []
        except Unavailable:
            # The message fails, and comes again.
            again = [scene.message]
        scene.finish(*again, *waiting(importer))
        assert scene.outcome() == CLEAN, f"failed at call {at}"
        if plan.calls < at:
            return


def test_a_row_with_more_new_names_than_fit_a_run_is_gone_on_with(importer: Importer):
    names = {f"new_{number}": number for number in range(9)}
    job = importer.ask("ndjson", mode="auto_create")
    body: Any = importer.upload(job, json.dumps({"email": "a@example.com", **names}))
    runs = 0
    while body is not None:
        clock = Clock(30)
        made = impatient_workshop(clock)
        import_context = replace(made, definitions=SlowDefinitions(made.definitions, clock))
        now = datetime.now(UTC)
        message = Message("a-message", json.dumps(body), now, now + timedelta(seconds=120))
        process_runs(import_context, run_messages_of(message), message.ends_at)
        # Else its function is ended before it can tell how far it came.
        assert clock.now() < message.ends_at + clock.step
        body, runs = importer.next_message(), runs + 1
    assert (importer.job(job).status, importer.job(job).progress.imported) == ("completed", 1)
    assert runs == 3


def test_what_a_row_writes_bears_the_time_of_its_chunk(importer: Importer):
    scene = Scene(importer, seconds_per_chunk=5)
    scene.finish(scene.message)
    assert importer.job(scene.job).run == 1
    written = [scene.contact(name).updated_at for name in "acdf"]
    first, second, same, third = (at - written[0] for at in written)
    assert (first, second) == (timedelta(), same)
    assert second >= timedelta(seconds=5)
    assert third >= second + timedelta(seconds=5)


def test_messages_that_come_twice_and_late_change_nothing(importer: Importer):
    scene = Scene(importer, seconds_per_chunk=100)
    seen = [scene.message]
    for body in seen:
        assert scene.deliver(body)
        assert scene.deliver(body)
        seen += [each for each in waiting(importer) if each not in seen]
    assert scene.outcome() == CLEAN
    before = importer.fixtures.items()
    for body in reversed(seen):
        assert scene.deliver(body)
    assert waiting(importer) == []
    assert importer.fixtures.items() == before


def test_a_message_that_comes_while_its_run_is_on_is_put_off(importer: Importer):
    scene = Scene(importer)
    with pytest.raises(Killed):
        scene.deliver(scene.message, Plan(12, Killed(), is_made=True))
    before = importer.fixtures.items()
    assert not scene.deliver(scene.message)
    assert importer.fixtures.items() == before
    scene.finish(scene.message)
    assert scene.outcome() == CLEAN


def test_a_storage_that_stays_away_is_waited_for_and_then_given_up(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_run, "MAX_STALLED", 2)
    scene = Scene(importer)
    bodies: list[Any] = [scene.message]
    while bodies:
        assert importer.job(scene.job).status is not ImportStatus.FAILED
        # Definitions are read after the lease is taken.
        scene.deliver(bodies.pop(), Plan(1, Unavailable(), is_made=False), ("definitions",))
        bodies += waiting(importer)
    known = importer.job(scene.job)
    assert (known.status, known.failure.reason, known.run) == (
        ImportStatus.FAILED,
        "unavailable",
        3,
    )
    # Whoever asks what was wrong by then gets an answer.
    assert importer.errors(scene.job).splitlines() == ["row,column,code,message"]


def test_a_table_that_stays_away_is_waited_for_as_long_as_it_takes(importer: Importer):
    """Nobody can count such runs; a message that only came again would soon be put aside."""
    scene = Scene(importer)
    body: Any = scene.message
    for _ in range(12):
        # The first call looks for the import.
        assert scene.deliver(body, Plan(1, Unavailable(), is_made=False))
        (body,) = waiting(importer)
    scene.finish(body)
    assert scene.outcome() == CLEAN


def test_a_file_that_was_replaced_while_it_is_read_ends_the_import(importer: Importer):
    scene = Scene(importer, seconds_per_chunk=100)
    assert scene.deliver(scene.message)
    importer.upload(scene.job, "email,age\nother@example.com,1\n")
    scene.finish(*waiting(importer))
    known = importer.job(scene.job)
    assert (known.status, known.failure.reason) == (ImportStatus.FAILED, "file_gone")
    assert known.progress.rows == 2


OTHER = "email,age\n{address},1\nno address,1\n"


def replaced(scene: Scene) -> Any:
    """Send another file, with a row that fails; returns the message that it came."""
    return scene.importer.upload(scene.job, OTHER.format(address=scene.address("z")))


def test_a_file_that_was_replaced_after_its_run_was_killed_takes_no_place_of_the_first(
    importer: Importer,
):
    """The messages of both files are those of the first run."""
    seen = set()
    for at in count(1):
        scene = Scene(importer)
        plan = Plan(at, Killed(), is_made=True)
        with suppress(Killed):
            scene.deliver(scene.message, plan)
        has_begun = importer.job(scene.job).progress.offset > 0
        scene.finish(replaced(scene), scene.message, *waiting(importer))
        known = importer.job(scene.job)
        counts = (known.progress.imported, known.progress.failed)
        is_other = bool(scene.held_by("z"))
        if known.status is ImportStatus.FAILED:
            assert (known.failure.reason, is_other, has_begun) == ("file_gone", False, True)
        elif is_other:
            assert (counts, has_begun) == ((1, 1), False), f"killed at call {at}"
        else:
            assert scene.outcome() == CLEAN, f"killed at call {at}"
        seen.add((known.status, is_other))
        if plan.calls < at:
            break
    assert len(seen) == 3


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_files_that_came_before_the_import_began_the_last_is_taken(
    newest_first: bool, importer: Importer
):
    scene = Scene(importer)
    first, second = scene.message, replaced(scene)
    scene.finish(*((second, first) if newest_first else (first, second)))
    known = importer.job(scene.job)
    assert (known.status, known.progress.imported, known.progress.failed, known.run) == (
        ImportStatus.COMPLETED,
        1,
        1,
        1,
    )
    assert scene.held_by("z") == [{"age": 1}]
    assert scene._held() == {name: [] for name in NAMES}


def test_a_file_that_was_removed_ends_the_import(importer: Importer):
    scene = Scene(importer)
    for each in importer.s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        importer.s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    scene.finish(scene.message)
    assert importer.job(scene.job).failure.reason == "file_gone"


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_run_of_a_file_that_never_came_ends_the_import(is_busy: bool, importer: Importer):
    """Such a message is only sent by hand."""
    job, other = importer.ask(), importer.ask()
    imports = import_wiring.imports()
    backlog = imports.backlog("acme")
    running = [replace(each, has_file=True) for each in backlog.imports]
    running = [each for each in running if each.import_id == other.import_id] * is_busy
    imports.replace_backlog("acme", BacklogChange(backlog, running))
    message = encode_run_message(RunMessage("acme", job.import_id, 0))
    assert importer.run(message)
    if is_busy:
        assert importer.job(job).status is ImportStatus.QUEUED
        importer.expire(other)
        assert importer.run(message)
    ended = importer.job(job)
    assert (ended.status, ended.file) == (ImportStatus.FAILED, None)
    assert ended.failure.reason == "empty_file"


def test_a_canceled_import_stops_before_the_next_chunk(importer: Importer):
    scene = Scene(importer, seconds_per_chunk=100)
    assert scene.deliver(scene.message)
    importer.fixtures.imports.request_cancel(
        "acme", scene.job.import_id, ImportStatus.RUNNING, datetime.now(UTC)
    )
    scene.finish(*waiting(importer))
    status, counts, errors, held = scene.outcome()
    assert (status, counts, errors) == (ImportStatus.CANCELED, (1, 1, 2), ERRORS[:1])
    assert held == {name: HELD[name] if name == "a" else [] for name in NAMES}


def test_a_canceled_import_ends_though_the_message_of_its_next_run_is_lost(importer: Importer):
    """It may lie among the dead letters: whoever cancels orders the run once more."""
    scene = Scene(importer, seconds_per_chunk=100)
    assert scene.deliver(scene.message)
    assert waiting(importer)
    caller = Caller("acme", "a-key", datetime.now(UTC))
    imports, queue = import_wiring.imports(), import_wiring.import_queue()
    assert cancel_import(imports, queue, caller, scene.job.import_id).is_cancel_requested
    scene.finish(*waiting(importer))
    status, counts, errors, _ = scene.outcome()
    assert (status, counts, errors) == (ImportStatus.CANCELED, (1, 1, 2), ERRORS[:1])


def test_a_cancel_orders_no_run_while_one_is_on(importer: Importer):
    scene = Scene(importer, seconds_per_chunk=100)
    (ticket,) = run_messages_of(Message("a-message", json.dumps(scene.message), NOW, NOW))
    importer.fixtures.imports.begin_run(ticket, Lease("somebody", NOW + timedelta(days=1)), NOW)
    caller = Caller("acme", "a-key", NOW)
    imports, queue = import_wiring.imports(), import_wiring.import_queue()
    assert cancel_import(imports, queue, caller, scene.job.import_id).is_cancel_requested
    assert waiting(importer) == []


def test_a_file_for_a_canceled_import_is_left_alone(importer: Importer):
    scene = Scene(importer)
    importer.fixtures.imports.cancel("acme", scene.job.import_id, datetime.now(UTC))
    scene.finish(scene.message)
    assert importer.job(scene.job).status is ImportStatus.CANCELED
    assert scene._held() == {name: [] for name in NAMES}
