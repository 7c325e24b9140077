"""How an import is worked on: run by run, chunk by chunk.

A function has a time-out and may be killed at any moment. A run therefore holds a lease, reads
the file in chunks, and stores after each how far it is and what became of its rows, in one write.
Who comes after it goes on there. Rows of a chunk whose end was not stored are written again, in
their order. That leaves contacts as they are, unless several rows of the chunk are about one of
them, which goes through their values again, or others wrote there meanwhile, who are written over.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from os import urandom
from typing import Any

from shared.domain.accounts import Accounts, Caller
from shared.domain.contacts import Contacts
from shared.domain.errors import Postponed, Unavailable
from shared.domain.imports import (
    Failure,
    FailureReason,
    FileFormat,
    FileGone,
    ImportFiles,
    ImportJob,
    ImportQueue,
    Imports,
    ImportStatus,
    Lease,
    LeaseLost,
    Progress,
    RowError,
    RunMessage,
    SourceFile,
)
from shared.domain.variables import ContextType, Definitions, JsonValue
from shared.services.imports.columns import ColumnTargets, InvalidFile
from shared.services.imports.rows import ForEach, Row, RowWriter
from shared.services.imports.turns import Turn, close_import, take_turn
from shared.services.variables.definitions import list_definitions
from shared.validation.files.records import (
    MAX_FILE_BYTES,
    MAX_RECORD_BYTES,
    FindEnd,
    Record,
    csv_record_end,
    line_end,
    split_records,
)
from shared.validation.files.rows import (
    MAX_COLUMNS,
    MalformedRow,
    detect_delimiter,
    has_cells,
    header_start,
    parse_cells,
    parse_object,
    to_row,
    without_bom,
)
from shared.validation.files.spreadsheet_cells import escape_formulas

SOURCE = "import"
"""Where a change comes from that a row has made."""

CHUNK_ROWS = 500
CHUNK_BYTES = 4_000_000
BLOCK_BYTES = 1_000_000
"""How much is read, and at most kept, of a file at once."""

ERROR_PARTS_PER_FOLD = 100
"""How many files of row errors are put together in one, so that few are left at the end."""

MAX_STALLED = 20
"""How many runs in a row may come no further before an import is given up."""

TURN = timedelta(seconds=30)
"""How long a run begins chunks, so that imports of other accounts get its function soon."""

_LAST_SECONDS = timedelta(seconds=10)
"""Left at the end of a run to store how far it came."""

_RESERVE = timedelta(seconds=30)
"""Without this much time, no chunk is begun."""

_PAUSE_SECONDS = 30
_LONGEST_PAUSE_SECONDS = 900
_BUSY_SECONDS = 60

ERROR_COLUMNS = ("row", "column", "code", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What runs work with."""

    imports: Imports
    files: ImportFiles
    queue: ImportQueue
    contacts: Contacts
    definitions: Definitions
    accounts: Accounts
    rows_per_second: float
    imports_per_account: int
    for_each: ForEach
    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def process_runs(
    import_context: ImportContext, tickets: Sequence[RunMessage], ends_at: datetime
) -> list[Mapping[str, Any]]:
    """Make the runs that tickets are for, one after the other; tells what was done."""
    return [process_run(import_context, ticket, ends_at) for ticket in tickets]


def process_run(
    import_context: ImportContext, ticket: RunMessage, ends_at: datetime
) -> Mapping[str, Any]:
    """Make the run that a ticket is for, and order the next one; tells what was done.

    A ticket that comes again, or late, does no harm. Raises Postponed while another run is on.
    """
    told = {"account_id": ticket.account_id, "import_id": ticket.import_id, "run": ticket.run}
    try:
        return {**told, **_worked_on(import_context, ticket, ends_at)}
    except Unavailable:
        # Where nothing can be stored of a run, or not what it is to read, it can't be counted, and
        # its message would be put aside after some receipts.
        import_context.queue.send(ticket, _LONGEST_PAUSE_SECONDS)
        return {**told, "outcome": "ordered once more"}


def _worked_on(
    import_context: ImportContext, ticket: RunMessage, ends_at: datetime
) -> Mapping[str, Any]:
    job = import_context.imports.find(ticket.account_id, ticket.import_id)
    if job is None or job.has_ended:
        _close(import_context, ticket)
        return {"outcome": "ended before"}
    if job.run != ticket.run:
        return {"outcome": _passed_on(import_context, ticket, job)}
    ticket = replace(ticket, file=_file_to_read(import_context, ticket, job))
    if not job.is_cancel_requested:
        turn = _turn(import_context, ticket)
        if turn is not Turn.RUN:
            return {"outcome": str(turn)}
    lease = Lease(urandom(8).hex(), ends_at)
    try:
        import_context.imports.begin_run(ticket, lease, import_context.now())
    except LeaseLost:
        raise Postponed(_BUSY_SECONDS) from None
    job = replace(job, file=ticket.file, status=ImportStatus.RUNNING)
    try:
        ended = _Run(import_context, ticket, lease, job).make()
    except LeaseLost:
        # Another run has begun, or this one was ended by a write whose answer was lost.
        return _worked_on(import_context, ticket, ends_at)
    _order_next(import_context, ticket, ended)
    counts = {"imported": ended.progress.imported, "failed": ended.progress.failed}
    return {"outcome": str(ended.status), **counts}


def _turn(import_context: ImportContext, ticket: RunMessage) -> Turn:
    """Whether an import may run now; what says otherwise has a message that checks again."""
    turn = take_turn(
        import_context.imports,
        import_context.queue,
        ticket,
        import_context.imports_per_account,
        import_context.now(),
    )
    if turn is Turn.WAIT:
        import_context.imports.enqueue(ticket, import_context.now())
    return turn


def _close(import_context: ImportContext, ticket: RunMessage) -> None:
    close_import(
        import_context.imports,
        import_context.queue,
        ticket,
        import_context.imports_per_account,
        import_context.now(),
    )


def _file_to_read(
    import_context: ImportContext, ticket: RunMessage, job: ImportJob
) -> SourceFile | None:
    """The file that is there now, until some of one was read; from then on no other one."""
    if job.progress.offset:
        return job.file
    return import_context.files.find(ticket) or ticket.file or job.file


def _passed_on(import_context: ImportContext, ticket: RunMessage, job: ImportJob) -> str:
    """Order the run after that of a ticket once more, if nobody is seen to make it.

    Whoever made the ticket's run may not have come to it.
    """
    following = _following(ticket)
    if job.run != following.run or import_context.imports.is_leased(ticket, import_context.now()):
        return "made before"
    import_context.queue.send(following, 0)
    return "ordered the next"


def _order_next(import_context: ImportContext, ticket: RunMessage, job: ImportJob) -> None:
    if job.has_ended:
        _close(import_context, ticket)
        return
    pause = min(_PAUSE_SECONDS * 2 ** (job.stalled - 1), _LONGEST_PAUSE_SECONDS)
    import_context.queue.send(_following(ticket), pause if job.stalled else 0)


def _following(ticket: RunMessage) -> RunMessage:
    return RunMessage(ticket.account_id, ticket.import_id, ticket.run + 1)


class _Run:
    """One run of an import."""

    def __init__(
        self, import_context: ImportContext, ticket: RunMessage, lease: Lease, job: ImportJob
    ) -> None:
        self._workshop = import_context
        self._ticket = ticket
        self._lease = lease
        self._job = job
        self._progress = job.progress
        self._file = job.file or SourceFile(0, "")
        self._began_at = import_context.now()

    def make(self) -> ImportJob:
        """Read on until the file or the time ends; the import as it is then.

        Raises LeaseLost when another run has begun, which finds what this one has stored.
        """
        try:
            ended = self._ended()
            if ended.has_ended and self._is_late_to_join:
                ended = replace(self._job, stalled=0)
            if ended.has_ended:
                self._join_errors()
        except Unavailable:
            ended = self._stalled()
            if ended.has_ended:
                # Until this can be done, the import goes on waiting.
                self._join_errors()
        ended = replace(ended, progress=self._progress)
        self._workshop.imports.end_run(self._ticket, self._lease, ended, self._workshop.now())
        return ended

    def _ended(self) -> ImportJob:
        try:
            status = self._read_on()
        except InvalidFile as unfit:
            return replace(self._job, status=ImportStatus.FAILED, failure=unfit.failure)
        except FileGone:
            failure = Failure(FailureReason.FILE_GONE, "the file was removed, or replaced")
            return replace(self._job, status=ImportStatus.FAILED, failure=failure)
        if status is ImportStatus.RUNNING and not self._is_further:
            return self._stalled()
        return replace(self._job, status=status, stalled=0)

    @property
    def _is_further(self) -> bool:
        return self._progress.offset > self._job.progress.offset

    @property
    def _is_late(self) -> bool:
        return self._workshop.now() + _RESERVE > self._lease.until

    @property
    def _is_turn_over(self) -> bool:
        """Whether the run has had its time; a run reads at least one row."""
        has_rows = self._progress.rows > self._job.progress.rows
        return has_rows and self._workshop.now() >= self._began_at + TURN

    @property
    def _is_late_to_join(self) -> bool:
        """Whether the next run, which finds nothing to read, is to join so many row errors."""
        return self._is_late and self._progress.error_parts > ERROR_PARTS_PER_FOLD

    def _stalled(self) -> ImportJob:
        stalled = 1 if self._is_further else self._job.stalled + 1
        if stalled <= MAX_STALLED:
            return replace(self._job, stalled=stalled)
        failure = Failure(FailureReason.UNAVAILABLE, "the storage did not answer for hours")
        return replace(self._job, status=ImportStatus.FAILED, failure=failure)

    def _read_on(self) -> ImportStatus:
        if self._file.size > MAX_FILE_BYTES:
            detail = f"it has more than {MAX_FILE_BYTES:,} bytes"
            raise InvalidFile(FailureReason.FILE_TOO_LARGE, detail)
        writer = self._writer()
        if self._progress.offset == 0:
            self._begin(writer.targets)
        for chunk in self._chunks(self._records()):
            if self._is_canceled():
                return ImportStatus.CANCELED
            if self._is_late or self._is_turn_over:
                return ImportStatus.RUNNING
            self._compact_errors()
            # What is written bears its own time, not that of the whole run.
            errors = replace(writer, caller=self._caller()).write(chunk.rows)
            self._store(chunk, [*chunk.errors, *errors])
            self._keep_pace()
        return ImportStatus.COMPLETED

    def _caller(self) -> Caller:
        """Whom the import is done for, as of now."""
        job = self._job
        return Caller(
            self._ticket.account_id,
            job.key_id,
            self._workshop.now(),
            user=job.user,
            teams=job.teams,
            source=SOURCE,
            request_id=job.import_id,
            origin_id=job.origin_id,
        )

    def _writer(self) -> RowWriter:
        job, import_context, caller = self._job, self._workshop, self._caller()
        known = list_definitions(import_context.definitions, caller, (ContextType.CONTACT,))
        account = import_context.accounts.find(caller.account_id)
        return RowWriter(
            contacts=import_context.contacts,
            definitions=import_context.definitions,
            caller=caller,
            job=job,
            targets=ColumnTargets(job, known, dict(self._progress.columns)),
            locale=account.locale if account else "",
            for_each=import_context.for_each,
            may_go_on=lambda: import_context.now() < self._lease.until - _LAST_SECONDS,
        )

    def _begin(self, targets: ColumnTargets) -> None:
        if self._file.size == 0:
            raise InvalidFile(FailureReason.EMPTY_FILE, "it has no content")
        if self._job.file_format is FileFormat.NDJSON:
            return
        start = self._read(0)
        at = header_start(start)
        delimiter = detect_delimiter(start[at:])
        ends = csv_record_end(delimiter, MAX_COLUMNS)
        found = split_records(self._read, at, self._file.size, ends, _is_anything)
        header = next(found, Record(at, b""))
        try:
            names = [cell.strip() for cell in parse_cells(_first(header.content), delimiter)]
        except MalformedRow as fault:
            raise InvalidFile(FailureReason.MALFORMED_HEADER, str(fault)) from None
        columns = tuple(targets.of_header(names))
        lines = start.count(b"\n", 0, at) + 1
        self._save(Progress(header.end, lines, delimiter=delimiter, columns=columns))

    def _records(self) -> Iterator[Record]:
        find_end: FindEnd = line_end
        is_whole: Callable[[bytes], bool] = _is_anything
        if self._job.file_format is FileFormat.CSV:
            delimiter, count = self._progress.delimiter, len(self._progress.columns)
            find_end = csv_record_end(delimiter, count)
            is_whole = partial(has_cells, delimiter=delimiter, count=count)
        offset, size = self._progress.offset, self._file.size
        return split_records(self._read, offset, size, find_end, is_whole)

    def _chunks(self, records: Iterator[Record]) -> Iterator["_Chunk"]:
        """Records by as many as are written at once: fewer, where too many have taken too long."""
        rows = max(1, min(CHUNK_ROWS, int(self._workshop.rows_per_second)) >> self._job.stalled)
        chunk = _Chunk(self._progress.offset)
        start = chunk.end
        for record in records:
            self._add(chunk, record)
            if chunk.count >= rows or chunk.end - start >= CHUNK_BYTES:
                yield chunk
                chunk = _Chunk(chunk.end)
                start = chunk.end
        if chunk.records:
            yield chunk

    def _add(self, chunk: "_Chunk", record: Record) -> None:
        chunk.end = record.end
        chunk.records += 1
        number = self._progress.records + chunk.records
        try:
            given = self._parsed(_first(record.content) if number == 1 else record.content)
        except MalformedRow as fault:
            chunk.errors.append(RowError(number, "", "malformed_row", str(fault)))
            return
        if given is not None:
            chunk.rows.append(Row(number, given))

    def _parsed(self, content: bytes | None) -> Mapping[str, JsonValue] | None:
        """What a record says by column, None for an empty one; raises MalformedRow."""
        if content is None:
            raise MalformedRow(f"it has more than {MAX_RECORD_BYTES:,} bytes")
        if not content.strip():
            return None
        if self._job.file_format is FileFormat.NDJSON:
            return parse_object(content)
        cells = parse_cells(content, self._progress.delimiter)
        if not any(cell.strip() for cell in cells):
            return None
        return to_row([column for column, _ in self._progress.columns], cells)

    def _store(self, chunk: "_Chunk", errors: Sequence[RowError]) -> None:
        before = self._progress
        part = before.error_parts + 1
        if errors:
            # Over what a run may have left that came no further.
            self._workshop.files.put_errors(self._ticket, part, _as_csv(sorted(errors)))
        self._save(
            replace(
                before,
                offset=chunk.end,
                records=before.records + chunk.records,
                imported=before.imported + chunk.count - len(errors),
                failed=before.failed + len(errors),
                error_parts=part if errors else before.error_parts,
            )
        )

    def _save(self, progress: Progress) -> None:
        self._workshop.imports.checkpoint(self._ticket, self._lease, progress, self._workshop.now())
        self._progress = progress

    def _compact_errors(self) -> None:
        """Put parts together by so many, of which none will change any more."""
        while len(self._uncompacted) >= ERROR_PARTS_PER_FOLD:
            fold = self._progress.error_folds + 1
            parts = self._uncompacted[:ERROR_PARTS_PER_FOLD]
            self._workshop.files.compact_errors(self._ticket, fold, parts)
            self._save(replace(self._progress, error_folds=fold))

    @property
    def _uncompacted(self) -> range:
        folded = self._progress.error_folds * ERROR_PARTS_PER_FOLD
        return range(folded + 1, self._progress.error_parts + 1)

    def _join_errors(self) -> None:
        self._compact_errors()
        header, folds = _as_csv([ERROR_COLUMNS]), self._progress.error_folds
        self._workshop.files.join_errors(self._ticket, header, folds, self._uncompacted)

    def _is_canceled(self) -> bool:
        job = self._workshop.imports.find(self._ticket.account_id, self._ticket.import_id)
        return job is None or job.is_cancel_requested

    def _keep_pace(self) -> None:
        done = self._progress.rows - self._job.progress.rows
        due = self._began_at + timedelta(seconds=done / self._workshop.rows_per_second)
        early = min(due, self._lease.until - _RESERVE) - self._workshop.now()
        if early > timedelta():
            self._workshop.sleep(early.total_seconds())

    def _read(self, offset: int) -> bytes:
        return self._workshop.files.read(self._ticket, self._file, offset, BLOCK_BYTES)


@dataclass(slots=True)
class _Chunk:
    """Records that are written at once: good ones, bad ones, and the place after them."""

    end: int
    records: int = 0
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many rows they are; empty ones are none."""
        return len(self.rows) + len(self.errors)


def _is_anything(_: bytes) -> bool:
    return True


def _first(content: bytes | None) -> bytes:
    if content is None:
        raise MalformedRow(f"it has more than {MAX_RECORD_BYTES:,} bytes")
    return without_bom(content)


def _as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    # Columns and messages have words of the file.
    csv.writer(text).writerows(
        [escape_formulas(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode(errors="replace")
