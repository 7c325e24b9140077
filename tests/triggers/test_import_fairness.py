"""Concurrent imports of several accounts: files of one account do not delay those of another.

The handler processes the messages of the queue. A scheduler passes them to as many functions as
the template allows, with a simulated clock. A run that leaves rows for the next one takes its whole
time, a run that ends its import one second, and the decision to wait a tenth of a second.
"""

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from local.event_sources import QueueSource
from shared.domain.imports import ImportJob, ImportStatus
from shared.services.imports import import_run
from shared.wiring import imports as import_wiring
from tests.api import template
from tests.triggers.importing import FUNCTION, Importer

(SOURCE,) = (each for each in template().sources if each.function == FUNCTION)
PER_ACCOUNT = 2
TURN = import_run.TURN.total_seconds()
SHORT = 1.0
DECISION = 0.1
ROWS = 6


class Scheduler:
    """Passes messages to free functions, with a simulated clock."""

    def __init__(self, importer: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
        assert isinstance(SOURCE, QueueSource)
        self.importer = importer
        self.calls = 0
        self.ended: dict[str, float] = {}
        self.most: dict[str, int] = {}
        self._free = [0.0] * SOURCE.max_concurrency
        self._busy: list[tuple[float, str]] = []
        self._messages: list[tuple[float, int, Any]] = []
        self._numbers: Iterator[int] = count()
        self._delays: list[int] = []
        # The engine would delay a message for minutes of real time.
        client = import_wiring.import_queue()._client
        client.meta.events.register("before-parameter-build.sqs.SendMessage", self._without_delay)
        monkeypatch.setattr(import_run, "CHUNK_ROWS", 2)
        monkeypatch.setattr(import_run, "TURN", import_run.TURN * 0)

    def upload(self, account_id: str, rows: int, at: float) -> ImportJob:
        """Upload a file of an account at a time."""
        job = self.importer.ask(account_id=account_id)
        domain = f"{job.import_id.replace('_', '-')}.example.com"
        lines = [f"{number}@{domain},{number}" for number in range(rows)]
        content = "\n".join(["email,age", *lines, ""])
        self._add(self.importer.upload(job, content, account_id=account_id), at)
        return job

    def run(self, until: ImportJob | None = None) -> None:
        """Run messages in order of time, until an import has ended or none is left."""
        while self._messages and not (until and until.import_id in self.ended):
            self._run_next()

    def ingest(self) -> None:
        """Add the messages that functions have not sent, without delay."""
        for body in iter(self.importer.next_message, None):
            self._add(body, 0)
        self._delays.clear()

    def _run_next(self) -> None:
        visible_at, _, body = heapq.heappop(self._messages)
        began = max(visible_at, heapq.heappop(self._free))
        self.calls += 1
        assert self.importer.run(body)
        sent = list(iter(self.importer.next_message, None))
        delays, self._delays = self._delays, []
        goes_on = [each for each in sent if each["run"] > body.get("run", 0)]
        account_id, import_id = _about(body)
        has_ended = import_wiring.imports().find(account_id, import_id).has_ended
        ended = began + (TURN if goes_on else SHORT if has_ended else DECISION)
        heapq.heappush(self._free, ended)
        for each, delay in zip(sent, delays, strict=True):
            self._add(each, ended + delay)
        if has_ended:
            self.ended.setdefault(import_id, ended)
        if goes_on:
            self._count_running(account_id, began, ended)

    def _count_running(self, account_id: str, began: float, ended: float) -> None:
        self._busy = [each for each in self._busy if each[0] > began]
        self._busy.append((ended, account_id))
        running = sum(owner == account_id for _, owner in self._busy)
        self.most[account_id] = max(self.most.get(account_id, 0), running)

    def _add(self, body: Any, at: float) -> None:
        heapq.heappush(self._messages, (at, next(self._numbers), body))

    def _without_delay(self, params: dict[str, Any], **_: Any) -> None:
        self._delays.append(params.pop("DelaySeconds"))


def _about(body: Any) -> tuple[str, str]:
    if "Records" in body:
        _, account_id, import_id = body["Records"][0]["s3"]["object"]["key"].split("/")
        return account_id, import_id
    return body["account_id"], body["import_id"]


@pytest.fixture
def scheduler(importer: Importer, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    monkeypatch.setenv("IMPORTS_PER_ACCOUNT", str(PER_ACCOUNT))
    for account_id in ("globex", *(f"busy_{number}" for number in range(5))):
        importer.fixtures.definition("age", "number", account=account_id)
    return Scheduler(importer, monkeypatch)


def alone(scheduler: Scheduler) -> float:
    """Return how long the import of one row takes without other imports."""
    job = scheduler.upload("globex", 1, at=0)
    scheduler.run(job)
    return scheduler.ended[job.import_id]


@pytest.mark.parametrize("files", [10, 40])
def test_a_row_of_one_account_does_not_wait_for_the_files_of_another(
    files: int, scheduler: Scheduler
):
    base = alone(scheduler)
    for _ in range(files):
        scheduler.upload("acme", ROWS, at=100)
    row = scheduler.upload("globex", 1, at=101)
    scheduler.run(row)
    assert scheduler.ended[row.import_id] - 101 <= 2 * base
    assert scheduler.most["acme"] == PER_ACCOUNT


def test_all_files_of_an_account_are_imported_in_their_order(scheduler: Scheduler):
    jobs = [scheduler.upload("acme", ROWS, at=number / 10) for number in range(6)]
    scheduler.run()
    known = [scheduler.importer.job(job) for job in jobs]
    assert {(each.status, each.progress.imported) for each in known} == {("completed", ROWS)}
    moments = [scheduler.ended[job.import_id] for job in jobs]
    assert moments == sorted(moments)
    # Three rounds of two: an import begins as soon as one before it has ended.
    assert moments[-1] <= 3 * (ROWS / 2 * TURN + 10 * SHORT)
    assert import_wiring.imports().backlog("acme").imports == ()


def test_with_more_busy_accounts_than_functions_a_row_waits_for_a_turn_and_no_more(
    scheduler: Scheduler,
):
    for number in range(5):
        for _ in range(4):
            scheduler.upload(f"busy_{number}", ROWS, at=100)
    row = scheduler.upload("globex", 1, at=101)
    scheduler.run(row)
    assert scheduler.ended[row.import_id] - 101 <= TURN + 10 * SHORT


def test_a_queued_import_says_so_and_can_be_canceled(scheduler: Scheduler):
    jobs = [scheduler.upload("acme", ROWS, at=0) for _ in range(3)]
    for _ in jobs:
        scheduler._run_next()
    waiting = scheduler.importer.job(jobs[2])
    assert (waiting.status, waiting.file is not None) == (ImportStatus.QUEUED, True)
    scheduler.importer.cancel(jobs[2])
    scheduler.ingest()
    scheduler.run()
    assert scheduler.importer.job(jobs[2]).status is ImportStatus.CANCELED
    assert scheduler.importer.errors(jobs[2]).splitlines() == ["row,column,code,message"]


def test_a_file_that_is_sent_again_and_again_leaves_one_check_in_the_queue(scheduler: Scheduler):
    jobs = [scheduler.upload("acme", ROWS, at=0) for _ in range(3)]
    for _ in jobs:
        scheduler._run_next()
    checks = [body for _, _, body in scheduler._messages if body.get("check")]
    assert [body["import_id"] for body in checks] == [jobs[2].import_id]
    before = len(scheduler._messages)
    for _ in range(5):
        scheduler._add(scheduler.importer.upload(jobs[2], "email,age\n"), 0)
        scheduler._run_next()
    assert len(scheduler._messages) == before


def test_a_queued_import_runs_though_the_one_before_it_died(scheduler: Scheduler):
    """No run sends its message, so it checks by itself."""
    jobs = [scheduler.upload("acme", ROWS, at=0) for _ in range(3)]
    for _ in jobs:
        scheduler._run_next()
    scheduler._messages = [each for each in scheduler._messages if each[2].get("check")]
    for job in jobs[:2]:
        scheduler.importer.expire(job)
    scheduler.run(jobs[2])
    assert scheduler.importer.job(jobs[2]).progress.imported == ROWS


def test_a_queued_import_that_has_expired_is_passed_over(scheduler: Scheduler):
    """DynamoDB deletes an import a month after its creation, also one that is in the backlog."""
    jobs = [scheduler.upload("acme", ROWS, at=0) for _ in range(4)]
    for _ in jobs:
        scheduler._run_next()
    fixtures = scheduler.importer.fixtures
    key = {"pk": {"S": "ACCOUNT#acme#IMPORTS"}, "sk": {"S": f"IMPORT#{jobs[2].import_id}"}}
    fixtures.client.delete_item(TableName=fixtures.table_name, Key=key)
    scheduler.run(jobs[3])
    left = [scheduler.importer.job(jobs[each]) for each in (0, 1, 3)]
    assert [each.progress.imported for each in left] == [ROWS] * 3
    # It checks once more, and then leaves the backlog.
    assert all(scheduler.importer.run(body) for *_, body in scheduler._messages)
    assert import_wiring.imports().backlog("acme").imports == ()
