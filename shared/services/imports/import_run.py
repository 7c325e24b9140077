"""One run of an import: read the file in chunks, write the rows, and store the progress.

A Lambda function has a timeout and can stop at any moment. A run therefore holds a lease, and
stores its progress and row counts in one write after each chunk. The next run continues there.

If the progress of a chunk was not stored, its rows are written again, in the same order. The
result is the same, with two exceptions: contacts with several rows in the chunk take their earlier
values for a moment, and concurrent changes of these contacts are overwritten.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.domain.accounts import Caller
from shared.domain.definitions import ContextType
from shared.domain.errors import Unavailable
from shared.domain.imports import (
    Failure,
    FailureReason,
    FileFormat,
    FileGone,
    ImportJob,
    ImportStatus,
    Lease,
    Progress,
    RowError,
    RunMessage,
    SourceFile,
)
from shared.domain.sources import Source, weaker_source
from shared.services.imports.chunks import Chunk, read_chunks, read_header
from shared.services.imports.columns import ColumnTargets, InvalidFile
from shared.services.imports.context import ImportContext
from shared.services.imports.row_errors import ERROR_COLUMNS, to_csv
from shared.services.imports.rows import RowWriter
from shared.services.variables.definitions import list_definitions
from shared.validation.files.records import MAX_FILE_BYTES

CHANNEL = "import"
"""The channel of changes that an import makes."""

CHUNK_ROWS = 500
"""The most rows of a chunk."""

BLOCK_BYTES = 1_000_000
"""How many bytes of the file are read at once."""

ERROR_PARTS_PER_FILE = 100
"""How many parts of row errors are compacted to one file, so that few are left at the end."""

MAX_STALLED = 20
"""How many consecutive runs may make no progress before the import fails."""

TURN = timedelta(seconds=30)
"""After this time a run begins no chunk, so that other accounts get the function soon."""

_STORE_RESERVE = timedelta(seconds=10)
"""The time at the end of a run that is reserved for storing its progress."""

_CHUNK_RESERVE = timedelta(seconds=30)
"""The remaining time that a run needs to begin a chunk."""


class ImportRun:
    """One run of an import."""

    def __init__(
        self, context: ImportContext, message: RunMessage, lease: Lease, job: ImportJob
    ) -> None:
        self._context = context
        self._message = message
        self._lease = lease
        self._job = job
        self._progress = job.progress
        self._file = job.file or SourceFile(0, "")
        self._started_at = context.now()

    def process(self) -> ImportJob:
        """Import rows until the file or the time ends.

        Returns:
            The import as it is stored at the end of the run.

        Raises:
            LeaseLost: Another run has begun. It continues from the stored progress.

        """
        try:
            job = self._import()
            if job.has_ended and self._is_late_to_join:
                job = replace(self._job, stalled=0)
            if job.has_ended:
                self._join_errors()
        except Unavailable:
            job = self._stalled()
            if job.has_ended:
                # If this raises, the import stays open and the message is retried.
                self._join_errors()
        job = replace(job, progress=self._progress)
        self._context.imports.end_run(self._message, self._lease, job, self._context.now())
        return job

    def _import(self) -> ImportJob:
        try:
            status = self._import_chunks()
        except InvalidFile as error:
            return replace(self._job, status=ImportStatus.FAILED, failure=error.failure)
        except FileGone:
            failure = Failure(FailureReason.FILE_GONE, "the file was removed, or replaced")
            return replace(self._job, status=ImportStatus.FAILED, failure=failure)
        if status is ImportStatus.RUNNING and not self._has_progressed:
            return self._stalled()
        return replace(self._job, status=status, stalled=0)

    @property
    def _has_progressed(self) -> bool:
        return self._progress.offset > self._job.progress.offset

    @property
    def _is_late(self) -> bool:
        return self._context.now() + _CHUNK_RESERVE > self._lease.until

    @property
    def _is_turn_over(self) -> bool:
        """Whether the time of the run is over; a run imports at least one row."""
        has_rows = self._progress.rows > self._job.progress.rows
        return has_rows and self._context.now() >= self._started_at + TURN

    @property
    def _is_late_to_join(self) -> bool:
        """Whether to leave joining the row errors to the next run, which has no rows to read."""
        return self._is_late and self._progress.error_parts > ERROR_PARTS_PER_FILE

    def _stalled(self) -> ImportJob:
        stalled = 1 if self._has_progressed else self._job.stalled + 1
        if stalled <= MAX_STALLED:
            return replace(self._job, stalled=stalled)
        failure = Failure(FailureReason.UNAVAILABLE, "the storage did not answer for hours")
        return replace(self._job, status=ImportStatus.FAILED, failure=failure)

    def _import_chunks(self) -> ImportStatus:
        if self._file.size > MAX_FILE_BYTES:
            detail = f"it has more than {MAX_FILE_BYTES:,} bytes"
            raise InvalidFile(FailureReason.FILE_TOO_LARGE, detail)
        writer = self._writer()
        if self._progress.offset == 0:
            self._begin_file(writer.targets)
        # Fewer rows per chunk after runs in which a chunk took too long.
        rows = min(CHUNK_ROWS, int(self._context.rows_per_second)) >> self._job.stalled
        file_format = self._job.file_format
        chunks = read_chunks(self._read, self._file.size, file_format, self._progress, max(1, rows))
        for chunk in chunks:
            if self._is_canceled():
                return ImportStatus.CANCELED
            if self._is_late or self._is_turn_over:
                return ImportStatus.RUNNING
            self._compact_errors()
            # Changes have the time of their chunk, not that of the whole run.
            errors = replace(writer, caller=self._caller()).write(chunk.rows)
            self._store(chunk, [*chunk.errors, *errors])
            self._limit_rate()
        return ImportStatus.COMPLETED

    def _caller(self) -> Caller:
        """Return a caller with the rights of the import's creator and the current time."""
        job = self._job
        return Caller(
            self._message.account_id,
            job.key_id,
            self._context.now(),
            user=job.user,
            teams=job.teams,
            channel=CHANNEL,
            request_id=job.import_id,
            origin_id=job.origin_id,
            value_source=weaker_source(Source.IMPORT, job.key_source),
        )

    def _writer(self) -> RowWriter:
        job, context, caller = self._job, self._context, self._caller()
        definitions = list_definitions(context.definitions, caller, (ContextType.CONTACT,))
        account = context.accounts.find(caller.account_id)
        return RowWriter(
            contacts=context.contacts,
            definitions=context.definitions,
            caller=caller,
            job=job,
            targets=ColumnTargets(job, definitions, dict(self._progress.columns)),
            locale=account.locale if account else "",
            for_each=context.for_each,
            may_continue=lambda: context.now() < self._lease.until - _STORE_RESERVE,
        )

    def _begin_file(self, targets: ColumnTargets) -> None:
        if self._file.size == 0:
            raise InvalidFile(FailureReason.EMPTY_FILE, "it has no content")
        if self._job.file_format is FileFormat.NDJSON:
            return
        end, line, delimiter, names = read_header(self._read, self._file.size)
        columns = tuple(targets.of_header(names))
        self._save(Progress(end, line, delimiter=delimiter, columns=columns))

    def _store(self, chunk: Chunk, errors: Sequence[RowError]) -> None:
        before = self._progress
        part = before.error_parts + 1
        if errors:
            # Replaces the part of an earlier run whose progress was not stored.
            self._context.files.put_errors(self._message, part, to_csv(sorted(errors)))
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
        now = self._context.now()
        self._context.imports.checkpoint(self._message, self._lease, progress, now)
        self._progress = progress

    def _compact_errors(self) -> None:
        """Compact full groups of parts, which do not change any more."""
        while len(self._uncompacted) >= ERROR_PARTS_PER_FILE:
            number = self._progress.error_folds + 1
            parts = self._uncompacted[:ERROR_PARTS_PER_FILE]
            self._context.files.compact_errors(self._message, number, parts)
            self._save(replace(self._progress, error_folds=number))

    @property
    def _uncompacted(self) -> range:
        compacted = self._progress.error_folds * ERROR_PARTS_PER_FILE
        return range(compacted + 1, self._progress.error_parts + 1)

    def _join_errors(self) -> None:
        self._compact_errors()
        header, compacted = to_csv([ERROR_COLUMNS]), self._progress.error_folds
        self._context.files.join_errors(self._message, header, compacted, self._uncompacted)

    def _is_canceled(self) -> bool:
        job = self._context.imports.find(self._message.account_id, self._message.import_id)
        return job is None or job.is_cancel_requested

    def _limit_rate(self) -> None:
        """Sleep until the rows of the run are due at the rate limit."""
        rows = self._progress.rows - self._job.progress.rows
        due = self._started_at + timedelta(seconds=rows / self._context.rows_per_second)
        remaining = min(due, self._lease.until - _CHUNK_RESERVE) - self._context.now()
        if remaining > timedelta():
            self._context.sleep(remaining.total_seconds())

    def _read(self, offset: int) -> bytes:
        return self._context.files.read(self._message, self._file, offset, BLOCK_BYTES)
