"""Imports at their limits: sizes, time and pace of a run, and definitions of the account."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.contacts import Identifier, IdentifierKind
from shared.domain.imports import ImportJob, ImportStatus, LeaseLost
from shared.services.imports import chunks, columns, import_run
from shared.services.imports.runs import process_run
from shared.triggers.import_messages import run_messages_of
from shared.triggers.queue import Message
from shared.validation.files import records
from shared.wiring import import_runs as import_run_wiring
from tests.triggers.importing import Importer
from tests.triggers.queue import Context
from tests.triggers.test_import_faults import NOW, Clock, waiting


def row_errors(importer: Importer, job: ImportJob) -> list[tuple[str, str]]:
    """The rows that failed, with their codes."""
    _, *rows = csv.reader(io.StringIO(importer.errors(job)))
    return [(row[0], row[2]) for row in rows]


def stored(importer: Importer, address: str) -> dict[str, Any]:
    """The variables of the contact with an e-mail address."""
    fixtures = importer.fixtures
    (contact_id,) = fixtures.ids_with(Identifier(IdentifierKind.EMAIL, address))
    found = fixtures.contacts.find_with_values("acme", contact_id)
    return {each.name: each.value for each in found.values}


def run(importer: Importer, body: Any, **changes: Any) -> dict[str, Any]:
    """Process a message with other ports, limits or clocks."""
    context = replace(import_run_wiring.import_context(), **changes)
    (message,) = run_messages_of(Message("a-message", json.dumps(body), NOW, NOW))
    return dict(process_run(context, message, context.now() + timedelta(seconds=120)))


def following(importer: Importer, job: ImportJob) -> dict[str, Any]:
    """The message of the next run, which waits for half a minute after a run without progress."""
    return {"account_id": "acme", "import_id": job.import_id, "run": importer.job(job).run}


@pytest.fixture
def small_records(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (records, chunks):
        monkeypatch.setattr(module, "MAX_RECORD_BYTES", 60)


def test_a_file_over_the_limit_is_not_read(importer: Importer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_run, "MAX_FILE_BYTES", 10)
    job = importer.done("email\na@example.com\n")
    assert (job.status, job.failure.reason, job.progress.rows) == ("failed", "file_too_large", 0)


@pytest.mark.usefixtures("small_records")
def test_a_record_over_the_limit_fails_alone_wherever_it_is(importer: Importer):
    lines = [json.dumps({"email": f"{name}@example.com", "age": 7}) for name in "abc"]
    lines[0] = lines[2] = f"{lines[0][:-1]}{' ' * 60}}}"
    job = importer.done("\n".join(lines), "ndjson")
    assert (job.status, job.progress.imported, job.progress.failed) == ("completed", 1, 2)
    assert row_errors(importer, job) == [("1", "malformed_row"), ("3", "malformed_row")]
    assert "more than 60 bytes" in importer.errors(job)


@pytest.mark.usefixtures("small_records")
def test_a_header_over_the_limit_ends_the_import(importer: Importer):
    job = importer.done(f"email,{'x' * 60}\na@example.com,1\n")
    assert (job.status, job.failure.reason) == ("failed", "malformed_header")


def test_columns_that_were_forgotten_are_found_again(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(columns, "_MAX_CACHED_COLUMNS", 2)
    rows = [
        {"email": "a@example.com", "age": 1, "tier": "Gold", "notes": "one"},
        {"notes": "two", "tier": "Silver", "age": 2, "email": "b@example.com"},
    ]
    job = importer.done("\n".join(map(json.dumps, rows)), "ndjson")
    assert (job.progress.imported, job.progress.failed) == (2, 0)
    for row in rows:
        assert stored(importer, row.pop("email")) == row


def test_a_full_account_imports_the_rows_that_need_no_new_variable(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MAX_DEFINITIONS", "4")
    lines = [
        {"email": "a@example.com", "age": 1},
        {"email": "b@example.com", "age": 2, "shoe_size": 44},
        {"email": "c@example.com", "age": 3},
    ]
    job = importer.done("\n".join(map(json.dumps, lines)), "ndjson", mode="auto_create")
    assert (job.status, job.progress.imported) == ("completed", 2)
    assert row_errors(importer, job) == [("2", "limit_reached")]
    assert [stored(importer, f"{name}@example.com") for name in "ac"] == [{"age": 1}, {"age": 3}]


class Overtaken:
    """The port `Definitions` on which another writer creates a variable at the second look."""

    def __init__(self, importer: Importer) -> None:
        self._importer = importer
        self._port = import_run_wiring.import_context().definitions
        self._looks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def find_by_names(self, *arguments: Any) -> Any:
        """Look names up."""
        self._looks += 1
        if self._looks == 2:
            self._importer.fixtures.definition("shoe_size", "number")
        return self._port.find_by_names(*arguments)


def test_a_variable_that_another_writer_creates_meanwhile_is_used(importer: Importer):
    job = importer.ask("ndjson", mode="auto_create")
    row = json.dumps({"email": "a@example.com", "shoe_size": 44})
    outcome = run(importer, importer.upload(job, row), definitions=Overtaken(importer))
    assert (outcome["outcome"], outcome["imported"]) == ("completed", 1)
    assert stored(importer, "a@example.com") == {"shoe_size": 44}
    found = importer.fixtures.definitions.list("acme")
    assert [each.auto_created for each in found if each.name == "shoe_size"] == [False]


class SlowContacts:
    """The port `Contacts` on which each new contact takes most of a run."""

    def __init__(self, clock: Clock) -> None:
        self._port = import_run_wiring.import_context().contacts
        self._clock = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def add(self, *arguments: Any) -> None:
        """Store a contact, at last."""
        self._port.add(*arguments)
        self._clock.late += self._clock.step


def test_a_run_that_is_over_between_two_rows_of_a_contact_writes_them_again(importer: Importer):
    clock = Clock(115)
    job = importer.ask()
    body = importer.upload(job, "email,age\na@example.com,1\na@example.com,2\n")
    first = run(importer, body, contacts=SlowContacts(clock), now=clock.now)
    assert (first["outcome"], first["imported"]) == ("running", 0)
    assert importer.job(job).stalled == 1
    assert stored(importer, "a@example.com") == {"age": 1}
    assert run(importer, following(importer, job), now=clock.now)["imported"] == 2
    assert stored(importer, "a@example.com") == {"age": 2}


def test_a_run_without_time_for_a_chunk_leaves_all_rows_to_the_next(importer: Importer):
    job = importer.ask("ndjson")
    body = importer.upload(job, json.dumps({"email": "a@example.com", "age": 7}))
    assert importer.run(body, Context(20_000))
    known = importer.job(job)
    assert (known.status, known.stalled, known.progress.rows) == (ImportStatus.RUNNING, 1, 0)
    importer.run_to_end(following(importer, job))
    assert (importer.job(job).status, importer.job(job).progress.imported) == ("completed", 1)


def test_rows_are_written_at_the_pace_of_the_limit(importer: Importer):
    clock, pauses = Clock(0), list[float]()

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        clock.late += timedelta(seconds=seconds)

    job = importer.ask()
    rows = "".join(f"p{number}@example.com,{number}\n" for number in range(6))
    body = importer.upload(job, f"email,age\n{rows}")
    began = clock.now()
    outcome = run(importer, body, rows_per_second=2.0, now=clock.now, sleep=sleep)
    assert (outcome["outcome"], outcome["imported"]) == ("completed", 6)
    # Two rows are a chunk: after each of the three, a second has passed.
    assert len(pauses) == 3
    assert clock.now() - began >= timedelta(seconds=3)


@pytest.mark.parametrize("has_ended", [True, False])
def test_a_run_whose_end_is_stored_and_not_confirmed_is_not_repeated(
    has_ended: bool, importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    """The retry of the write finds that the run has ended."""
    if not has_ended:
        monkeypatch.setattr(import_run, "CHUNK_ROWS", 1)
        monkeypatch.setattr(import_run, "TURN", timedelta())

    class Unconfirmed:
        def __init__(self) -> None:
            self._port = import_run_wiring.import_context().imports

        def __getattr__(self, name: str) -> Any:
            return getattr(self._port, name)

        def end_run(self, *arguments: Any) -> None:
            self._port.end_run(*arguments)
            raise LeaseLost

    job = importer.ask()
    body = importer.upload(job, "email,age\na@example.com,1\nb@example.com,2\n")
    outcome = run(importer, body, imports=Unconfirmed())["outcome"]
    assert outcome == ("ended before" if has_ended else "queued the next")
    assert importer.job(job).progress.imported == (2 if has_ended else 1)
    # The next run is queued once, and completes the import.
    sent = waiting(importer)
    assert len(sent) == (0 if has_ended else 1)
    for each in sent:
        importer.run_to_end(each)
    assert (importer.job(job).status, importer.job(job).progress.imported) == ("completed", 2)


def test_a_message_of_a_run_before_the_last_queues_nothing(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_run, "CHUNK_ROWS", 1)
    monkeypatch.setattr(import_run, "TURN", timedelta())
    job = importer.ask()
    rows = "".join(f"p{number}@example.com,{number}\n" for number in range(4))
    body = importer.upload(job, f"email,age\n{rows}")
    run(importer, body)
    (second,) = waiting(importer)
    run(importer, second)
    (third,) = waiting(importer)
    assert run(importer, body)["outcome"] == "processed before"
    assert waiting(importer) == []
    importer.run_to_end(third)
    assert (importer.job(job).status, importer.job(job).progress.imported) == ("completed", 4)
