"""Imports of files with contacts, and the ports that store and queue them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from shared.domain.contacts import IdentifierKind
from shared.domain.records import dataclass
from shared.domain.sources import Source
from shared.domain.upserts import UpsertMode


class FileFormat(StrEnum):
    """The format of an imported file."""

    CSV = "csv"
    NDJSON = "ndjson"


class ImportStatus(StrEnum):
    """The state of an import."""

    AWAITING_FILE = "awaiting_file"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


ENDED = (ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.CANCELED)


class FailureReason(StrEnum):
    """Why an import failed as a whole. Errors of single rows do not fail an import."""

    EMPTY_FILE = "empty_file"
    FILE_TOO_LARGE = "file_too_large"
    FILE_GONE = "file_gone"
    MALFORMED_HEADER = "malformed_header"
    IDENTIFIER_COLUMN_MISSING = "identifier_column_missing"
    UNKNOWN_COLUMNS = "unknown_columns"
    AMBIGUOUS_COLUMNS = "ambiguous_columns"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an import failed: a reason for programs, and a detail for people."""

    reason: FailureReason
    detail: str


class Part(StrEnum):
    """The part of a contact that a column fills."""

    CONTACT = "contact"
    VARIABLE = "variable"


class Target(NamedTuple):
    """The contact field or the variable that a column fills."""

    part: Part
    name: str

    def __str__(self) -> str:
        return f"{self.part}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDraft:
    """The settings of an import.

    Attributes:
        identifier_kind: The kind of identifier that rows are matched to contacts by.
        identifier_column: The column that has the identifier.
        mode: How columns are matched with definitions.
        mapping: The targets of columns whose names do not match them. None ignores a column.
    """

    file_format: FileFormat
    identifier_kind: IdentifierKind
    identifier_column: str
    mode: UpsertMode = UpsertMode.STRICT
    mapping: Mapping[str, Target | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The uploaded file of an import: its size in bytes and its ETag."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file has been imported. Stored by field name.

    Attributes:
        offset: The position of the next record, in bytes.
        records: The number of records before it, with the header and empty lines.
        imported: The number of imported rows.
        failed: The number of rows with errors.
        error_parts: The number of files with row errors.
        error_folds: The number of compacted files, each joined from many of those.
        delimiter: The delimiter of a CSV file.
        columns: The columns of a CSV file with their targets.
    """

    offset: int = 0
    records: int = 0
    imported: int = 0
    failed: int = 0
    error_parts: int = 0
    error_folds: int = 0
    delimiter: str = ""
    columns: tuple[tuple[str, Target | None], ...] = ()

    @property
    def rows(self) -> int:
        """The number of processed rows."""
        return self.imported + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob(ImportDraft):
    """An import, the API key that created it, and its progress.

    A large file takes several runs, each an invocation of the function that imports files.

    Attributes:
        key_source: The source of the values that the key sets.
        run: The number of completed runs.
        stalled: The number of latest runs in a row that made no progress.
    """

    import_id: str
    key_id: str
    user: str | None = None
    teams: frozenset[int] = frozenset()
    key_source: Source = Source.API
    origin_id: str | None = None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    status: ImportStatus = ImportStatus.AWAITING_FILE
    failure: Failure | None = None
    is_cancel_requested: bool = False
    file: SourceFile | None = None
    progress: Progress = Progress()
    run: int = 0
    stalled: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether the import was completed, failed or was canceled."""
        return self.status in ENDED


class PresignedUrl(NamedTuple):
    """A URL that gives access to one file without an API key until it expires."""

    url: str
    expires_at: datetime


class ImportPage(NamedTuple):
    """A page of imports. `following` is the cursor of the next page, or None."""

    imports: Sequence[ImportJob]
    following: str | None


@dataclass(frozen=True, slots=True)
class RunMessage:
    """A queue message that starts a run of an import.

    Attributes:
        run: The number of the run. A message of another run than the next one has no effect.
        file: The file, if the message reports its upload.
        check: The token of the periodic check of a queued import. Empty in other messages.
    """

    account_id: str
    import_id: str
    run: int
    file: SourceFile | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An entry of an account's backlog: an import that has not ended.

    Attributes:
        expires_at: When the entry expires unless it is renewed.
        check: The token of the message that next checks whether the import may run. Empty while
            the import runs or has no file.
    """

    import_id: str
    expires_at: datetime
    has_file: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The open imports of an account.

    Imports with a file are in the order they run in.
    """

    imports: tuple[OpenImport, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class BacklogChange:
    """A new backlog, stored only if the account still has the version that was seen."""

    seen: Backlog
    imports: Sequence[OpenImport]


@dataclass(frozen=True, slots=True)
class Lease:
    """The exclusive right of one invocation, the holder, to run an import until a time."""

    holder: str
    until: datetime


class RowError(NamedTuple):
    """Why a row was not imported.

    `record` is its number in the file, with the header as 1.
    """

    record: int
    column: str
    code: str
    message: str


class FileGone(Exception):
    """The file of an import was deleted or replaced."""


class LeaseLost(Exception):
    """Another invocation runs the import, or the import has ended."""


class Imports(Protocol):
    """Stores imports, their progress and the backlogs of accounts."""

    def add(self, account_id: str, job: ImportJob, change: BacklogChange | None = None) -> None:
        """Store a new import and a change of the backlog, both or neither.

        Raises:
            WriteConflict: An import with this id exists, or the backlog has another version.
        """

    def find(self, account_id: str, import_id: str) -> ImportJob | None:
        """Return the import with this id, or None."""

    def page(self, account_id: str, after: str | None, limit: int) -> ImportPage:
        """Return up to `limit` imports, newest first, that follow the import `after`."""

    def request_cancel(
        self, account_id: str, import_id: str, status: ImportStatus, at: datetime
    ) -> None:
        """Request the cancellation of an import that has this status.

        Raises:
            WriteConflict: The import has another status.
        """

    def cancel(
        self, account_id: str, import_id: str, at: datetime, change: BacklogChange | None = None
    ) -> None:
        """Cancel an import that waits for its file, and change the backlog, both or neither.

        Raises:
            WriteConflict: The import has another status, or the backlog another version.
        """

    def enqueue(self, message: RunMessage, at: datetime) -> None:
        """Mark an import as queued and store its file, if it is waiting for the file."""

    def backlog(self, account_id: str) -> Backlog:
        """Return the open imports of an account."""

    def replace_backlog(self, account_id: str, change: BacklogChange) -> None:
        """Store the open imports of an account.

        Raises:
            WriteConflict: The backlog has another version than the one that was seen.
        """

    def begin_run(self, message: RunMessage, lease: Lease, at: datetime) -> None:
        """Start a run and take the lease of the import.

        Raises:
            LeaseLost: Another holder has the lease, the message is not of the next run, or the
                import has ended.
        """

    def checkpoint(
        self, message: RunMessage, lease: Lease, progress: Progress, at: datetime
    ) -> None:
        """Store the progress of a run.

        Raises:
            LeaseLost: Another holder has the lease.
        """

    def end_run(self, message: RunMessage, lease: Lease, job: ImportJob, at: datetime) -> None:
        """Store status, failure and stalled runs of the import, and release the lease.

        Raises:
            LeaseLost: Another holder has the lease.
        """

    def is_leased(self, message: RunMessage, at: datetime) -> bool:
        """Return whether an invocation holds a lease of the import that has not expired."""


class ImportFiles(Protocol):
    """Stores the files of imports and their row errors.

    Methods raise Unavailable if the storage does not respond.
    """

    def upload_url(
        self, account_id: str, import_id: str, at: datetime, size: int | None = None
    ) -> PresignedUrl:
        """Sign a URL for uploading the file with PUT.

        Args:
            account_id: The account of the import.
            import_id: The import.
            at: The current time.
            size: The only accepted size of the file in bytes. None accepts every size.
        """

    def errors_url(self, account_id: str, import_id: str, at: datetime) -> PresignedUrl:
        """Sign a URL for downloading the file with row errors."""

    def find(self, message: RunMessage) -> SourceFile | None:
        """Return the last uploaded file, or None if it was deleted."""

    def read(self, message: RunMessage, file: SourceFile, offset: int, size: int) -> bytes:
        """Return `size` bytes of the file from an offset, or fewer at its end.

        Raises:
            FileGone: The file was deleted or replaced.
        """

    def put_errors(self, message: RunMessage, part: int, content: bytes) -> None:
        """Store a file with row errors. Overwrites a file with this number."""

    def compact_errors(self, message: RunMessage, number: int, parts: range) -> None:
        """Join files with row errors into the compacted file of this number, and overwrite it."""

    def join_errors(self, message: RunMessage, header: bytes, compacted: int, parts: range) -> None:
        """Write the final file with row errors.

        Args:
            message: The message of the run.
            header: The first line of the file.
            compacted: The number of compacted files.
            parts: The numbers of the files that were not compacted, which follow them.
        """


class ImportQueue(Protocol):
    """Queues runs of imports."""

    def send(self, message: RunMessage, delay_seconds: int) -> None:
        """Queue a message for delivery after a delay. It is delivered at least once.

        Raises:
            Unavailable: The message may not have been queued.
        """
