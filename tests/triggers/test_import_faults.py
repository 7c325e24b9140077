"""Imports whose function is killed, throttled, late or started twice.

A process is killed after each call of an adapter, because only these calls have lasting effects.
Then SQS delivers the same message again.
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
    """Ends the process. No code catches this exception."""


class Plan:
    """Which call of an adapter fails, how, and whether it takes effect."""

    def __init__(self, at: int, error: BaseException, *, is_made: bool) -> None:
        self.calls = 0
        self.at = at
        self.error = error
        self.is_made = is_made

    def call(self, do: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """Make a call, or fail it."""
        self.calls += 1
        if self.calls != self.at:
            return do(*args, **facts)
        if self.is_made:
            do(*args, **facts)
        raise self.error


class PlannedAdapter:
    """An adapter whose calls follow a plan."""

    def __init__(self, adapter: Any, plan: Plan) -> None:
        self._adapter = adapter
        self._plan = plan

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **facts: self._plan.call(getattr(self._adapter, name), *args, **facts)


class Clock:
    """A simulated clock on which each chunk takes a number of seconds."""

    def __init__(self, seconds: float) -> None:
        self.late = timedelta()
        self.step = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """Return the time of the clock."""
        return datetime.now(UTC) + self.late


class ImpatientQueue:
    """The port `ImportQueue` without delays."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def send(self, message: Any, _: int) -> None:
        """Queue a run message without a delay."""
        self._queue.send(message, 0)


class Slow:
    """An adapter around another one, whose calls advance the clock."""

    def __init__(self, port: Any, clock: Clock) -> None:
        self._port = port
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class SlowImports(Slow):
    """The port `Imports` whose checkpoints advance the clock."""

    def checkpoint(self, *args: Any) -> None:
        """Store the progress of a run, and advance the clock unless only the header was read."""
        self._port.checkpoint(*args)
        _, _, progress, _ = args
        self._clock.late += self._clock.step * bool(progress.rows)


class SlowDefinitions(Slow):
    """The port `Definitions` on which each new definition advances the clock."""

    def add(self, *args: Any) -> None:
        """Store definitions, and advance the clock."""
        self._port.add(*args)
        self._clock.late += self._clock.step


def impatient_context(clock: Clock) -> ImportContext:
    """Build the context of imports with a simulated clock and without delays."""
    made = import_run_wiring.import_context()
    return replace(made, queue=ImpatientQueue(made.queue), now=clock.now)


class ImportScenario:
    """An import of a small file, with its messages."""

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
        """Return the e-mail address of a contact of this scenario."""
        return f"{name}@{self._number}.example.com"

    def deliver(
        self, body: Any, plan: Plan | None = None, planned: Sequence[str] = ADAPTERS
    ) -> bool:
        """Invoke the function, with a plan for its adapters. Return whether it succeeded."""
        now = datetime.now(UTC)
        message = Message("a-message", json.dumps(body), now, now + timedelta(seconds=120))
        import_context = self._workshop(plan, planned)
        try:
            process_runs(import_context, run_messages_of(message), message.ends_at)
        except Postponed:
            return False
        return True

    def finish(self, *bodies: Any) -> None:
        """Deliver messages, and those that they cause, until none is left. Leases end meanwhile."""
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
        """Let the lease of a killed function expire."""
        key = {"pk": {"S": "ACCOUNT#acme#IMPORTS"}, "sk": {"S": f"IMPORT#{self.job.import_id}"}}
        fixtures = self.importer.fixtures
        item = fixtures.client.get_item(TableName=fixtures.table_name, Key=key)["Item"]
        if "holder" in item:
            item["leased_until"] = {"N": "0"}
            fixtures.client.put_item(TableName=fixtures.table_name, Item=item)

    def outcome(self) -> tuple[Any, ...]:
        """Return what a client sees of the import, and the contacts that it has written."""
        known = self.importer.job(self.job)
        counts = (known.progress.imported, known.progress.failed, known.progress.rows)
        return known.status, counts, self._errors(), self._held()

    def contact(self, name: str) -> Contact:
        """Return the only contact with an address of this scenario."""
        (found,) = self._contacts(name)
        return found

    def _workshop(self, plan: Plan | None, planned: Sequence[str]) -> ImportContext:
        clock = Clock(self._seconds)
        made = impatient_context(clock)
        made = replace(made, imports=SlowImports(made.imports, clock))
        if plan is None:
            return made
        adapters = {name: PlannedAdapter(getattr(made, name), plan) for name in planned}
        return replace(made, **adapters, for_each=lambda do, items: [do(each) for each in items])

    def _errors(self) -> list[list[str]]:
        rows = list(csv.reader(io.StringIO(self.importer.errors(self.job))))
        return [row[:2] for row in rows[1:]]

    def held_by(self, name: str) -> list[dict[str, Any]]:
        """Return the variables of each contact with an address of this scenario."""
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
    scenario = ImportScenario(importer, seconds_per_chunk=seconds)
    scenario.finish(scenario.message)
    assert scenario.outcome() == CLEAN
    # The third run reads the last rows and has no time left: a fourth joins the row errors.
    assert importer.job(scenario.job).run == (4 if seconds else 1)


@pytest.mark.parametrize("first", range(1, 7))
@pytest.mark.parametrize("seconds", [0, 100], ids=["in one run", "in a run for each chunk"])
def test_a_function_killed_after_any_call_loses_and_doubles_nothing(
    seconds: int, first: int, importer: Importer
):
    """Each case has every sixth call of the first run."""
    for at in count(first, 6):
        scenario = ImportScenario(importer, seconds_per_chunk=seconds)
        plan = Plan(at, Killed(), is_made=True)
        try:
            scenario.deliver(scenario.message, plan)
        except Killed:
            scenario.finish(scenario.message, *waiting(importer))
            assert scenario.outcome() == CLEAN, f"killed at call {at}"
            continue
        scenario.finish(*waiting(importer))
        assert scenario.outcome() == CLEAN
        return


def test_of_several_rows_of_a_contact_the_last_one_wins_whatever_was_written_twice(
    importer: Importer,
):
    """A repeated chunk writes the first row of the contact again, and then the others."""
    ages = set()
    for at in count(1):
        scenario = ImportScenario(importer)
        address = scenario.address("z")
        rows = [f"{address},1", f"{address},2", f"{scenario.address('y')},3", ""]
        message = importer.upload(scenario.job, "\n".join(["email,age", *rows]))
        plan = Plan(at, Killed(), is_made=True)
        with suppress(Killed):
            scenario.deliver(message, plan)
        ages.add(str(scenario.held_by("z")))
        scenario.finish(message, *waiting(importer))
        known = importer.job(scenario.job)
        assert (known.status, known.progress.imported) == (ImportStatus.COMPLETED, 3)
        assert scenario.held_by("z") == [{"age": 2}], f"killed at call {at}"
        if plan.calls < at:
            break
    assert ages == {"[]", "[{'age': 1}]", "[{'age': 2}]"}


def waiting(importer: Importer) -> list[Any]:
    """Return the messages of the queue."""
    return list(iter(importer.next_message, None))


@pytest.mark.parametrize("first", range(1, 7))
def test_a_storage_that_fails_at_any_call_delays_and_no_more(first: int, importer: Importer):
    for at in count(first, 6):
        scenario = ImportScenario(importer)
        plan = Plan(at, Unavailable(), is_made=True)
        try:
            scenario.deliver(scenario.message, plan)
            again = []
        except Unavailable:
            # The message fails and is retried.
            again = [scenario.message]
        scenario.finish(*again, *waiting(importer))
        assert scenario.outcome() == CLEAN, f"failed at call {at}"
        if plan.calls < at:
            return


def test_a_row_with_more_new_names_than_fit_a_run_is_gone_on_with(importer: Importer):
    names = {f"new_{number}": number for number in range(9)}
    job = importer.ask("ndjson", mode="auto_create")
    body: Any = importer.upload(job, json.dumps({"email": "a@example.com", **names}))
    runs = 0
    while body is not None:
        clock = Clock(30)
        made = impatient_context(clock)
        import_context = replace(made, definitions=SlowDefinitions(made.definitions, clock))
        now = datetime.now(UTC)
        message = Message("a-message", json.dumps(body), now, now + timedelta(seconds=120))
        process_runs(import_context, run_messages_of(message), message.ends_at)
        # Otherwise its function is killed before it can store its progress.
        assert clock.now() < message.ends_at + clock.step
        body, runs = importer.next_message(), runs + 1
    assert (importer.job(job).status, importer.job(job).progress.imported) == ("completed", 1)
    assert runs == 3


def test_what_a_row_writes_bears_the_time_of_its_chunk(importer: Importer):
    scenario = ImportScenario(importer, seconds_per_chunk=5)
    scenario.finish(scenario.message)
    assert importer.job(scenario.job).run == 1
    written = [scenario.contact(name).updated_at for name in "acdf"]
    first, second, same, third = (at - written[0] for at in written)
    assert (first, second) == (timedelta(), same)
    assert second >= timedelta(seconds=5)
    assert third >= second + timedelta(seconds=5)


def test_messages_that_come_twice_and_late_change_nothing(importer: Importer):
    scenario = ImportScenario(importer, seconds_per_chunk=100)
    seen = [scenario.message]
    for body in seen:
        assert scenario.deliver(body)
        assert scenario.deliver(body)
        seen += [each for each in waiting(importer) if each not in seen]
    assert scenario.outcome() == CLEAN
    before = importer.fixtures.items()
    for body in reversed(seen):
        assert scenario.deliver(body)
    assert waiting(importer) == []
    assert importer.fixtures.items() == before


def test_a_message_that_comes_while_its_run_is_on_is_put_off(importer: Importer):
    scenario = ImportScenario(importer)
    with pytest.raises(Killed):
        scenario.deliver(scenario.message, Plan(12, Killed(), is_made=True))
    before = importer.fixtures.items()
    assert not scenario.deliver(scenario.message)
    assert importer.fixtures.items() == before
    scenario.finish(scenario.message)
    assert scenario.outcome() == CLEAN


def test_a_storage_that_stays_away_is_waited_for_and_then_given_up(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_run, "MAX_STALLED", 2)
    scenario = ImportScenario(importer)
    bodies: list[Any] = [scenario.message]
    while bodies:
        assert importer.job(scenario.job).status is not ImportStatus.FAILED
        # Definitions are read after the lease is acquired.
        scenario.deliver(bodies.pop(), Plan(1, Unavailable(), is_made=False), ("definitions",))
        bodies += waiting(importer)
    known = importer.job(scenario.job)
    assert (known.status, known.failure.reason, known.run) == (
        ImportStatus.FAILED,
        "unavailable",
        3,
    )
    # The import then has the reason of its failure.
    assert importer.errors(scenario.job).splitlines() == ["row,column,code,message"]


def test_a_table_that_stays_away_is_waited_for_as_long_as_it_takes(importer: Importer):
    """Such runs are not counted. A message that is only retried would become a dead letter."""
    scenario = ImportScenario(importer)
    body: Any = scenario.message
    for _ in range(12):
        # The first call reads the import.
        assert scenario.deliver(body, Plan(1, Unavailable(), is_made=False))
        (body,) = waiting(importer)
    scenario.finish(body)
    assert scenario.outcome() == CLEAN


def test_a_file_that_was_replaced_while_it_is_read_ends_the_import(importer: Importer):
    scenario = ImportScenario(importer, seconds_per_chunk=100)
    assert scenario.deliver(scenario.message)
    importer.upload(scenario.job, "email,age\nother@example.com,1\n")
    scenario.finish(*waiting(importer))
    known = importer.job(scenario.job)
    assert (known.status, known.failure.reason) == (ImportStatus.FAILED, "file_gone")
    assert known.progress.rows == 2


OTHER = "email,age\n{address},1\nno address,1\n"


def replaced(scenario: ImportScenario) -> Any:
    """Upload another file with a row that fails, and return the message of S3."""
    return scenario.importer.upload(scenario.job, OTHER.format(address=scenario.address("z")))


def test_a_file_that_was_replaced_after_its_run_was_killed_takes_no_place_of_the_first(
    importer: Importer,
):
    """The messages of both files are those of the first run."""
    seen = set()
    for at in count(1):
        scenario = ImportScenario(importer)
        plan = Plan(at, Killed(), is_made=True)
        with suppress(Killed):
            scenario.deliver(scenario.message, plan)
        has_begun = importer.job(scenario.job).progress.offset > 0
        scenario.finish(replaced(scenario), scenario.message, *waiting(importer))
        known = importer.job(scenario.job)
        counts = (known.progress.imported, known.progress.failed)
        is_other = bool(scenario.held_by("z"))
        if known.status is ImportStatus.FAILED:
            assert (known.failure.reason, is_other, has_begun) == ("file_gone", False, True)
        elif is_other:
            assert (counts, has_begun) == ((1, 1), False), f"killed at call {at}"
        else:
            assert scenario.outcome() == CLEAN, f"killed at call {at}"
        seen.add((known.status, is_other))
        if plan.calls < at:
            break
    assert len(seen) == 3


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_files_that_came_before_the_import_began_the_last_is_taken(
    newest_first: bool, importer: Importer
):
    scenario = ImportScenario(importer)
    first, second = scenario.message, replaced(scenario)
    scenario.finish(*((second, first) if newest_first else (first, second)))
    known = importer.job(scenario.job)
    assert (known.status, known.progress.imported, known.progress.failed, known.run) == (
        ImportStatus.COMPLETED,
        1,
        1,
        1,
    )
    assert scenario.held_by("z") == [{"age": 1}]
    assert scenario._held() == {name: [] for name in NAMES}


def test_a_file_that_was_removed_ends_the_import(importer: Importer):
    scenario = ImportScenario(importer)
    for each in importer.s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        importer.s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    scenario.finish(scenario.message)
    assert importer.job(scenario.job).failure.reason == "file_gone"


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_run_of_a_file_that_never_came_ends_the_import(is_busy: bool, importer: Importer):
    """Only a person sends such a message."""
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
    scenario = ImportScenario(importer, seconds_per_chunk=100)
    assert scenario.deliver(scenario.message)
    importer.fixtures.imports.request_cancel(
        "acme", scenario.job.import_id, ImportStatus.RUNNING, datetime.now(UTC)
    )
    scenario.finish(*waiting(importer))
    status, counts, errors, held = scenario.outcome()
    assert (status, counts, errors) == (ImportStatus.CANCELED, (1, 1, 2), ERRORS[:1])
    assert held == {name: HELD[name] if name == "a" else [] for name in NAMES}


def test_a_canceled_import_ends_though_the_message_of_its_next_run_is_lost(importer: Importer):
    """It may be in the dead-letter queue, so the cancellation sends another run message."""
    scenario = ImportScenario(importer, seconds_per_chunk=100)
    assert scenario.deliver(scenario.message)
    assert waiting(importer)
    caller = Caller("acme", "a-key", datetime.now(UTC))
    imports, queue = import_wiring.imports(), import_wiring.import_queue()
    assert cancel_import(imports, queue, caller, scenario.job.import_id).is_cancel_requested
    scenario.finish(*waiting(importer))
    status, counts, errors, _ = scenario.outcome()
    assert (status, counts, errors) == (ImportStatus.CANCELED, (1, 1, 2), ERRORS[:1])


def test_a_cancel_orders_no_run_while_one_is_on(importer: Importer):
    scenario = ImportScenario(importer, seconds_per_chunk=100)
    (message,) = run_messages_of(Message("a-message", json.dumps(scenario.message), NOW, NOW))
    importer.fixtures.imports.begin_run(message, Lease("somebody", NOW + timedelta(days=1)), NOW)
    caller = Caller("acme", "a-key", NOW)
    imports, queue = import_wiring.imports(), import_wiring.import_queue()
    assert cancel_import(imports, queue, caller, scenario.job.import_id).is_cancel_requested
    assert waiting(importer) == []


def test_a_file_for_a_canceled_import_is_left_alone(importer: Importer):
    scenario = ImportScenario(importer)
    importer.fixtures.imports.cancel("acme", scenario.job.import_id, datetime.now(UTC))
    scenario.finish(scenario.message)
    assert importer.job(scenario.job).status is ImportStatus.CANCELED
    assert scenario._held() == {name: [] for name in NAMES}
