"""Imports of files: the nouns, and what is asked of where they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from shared.domain.contacts import IdentifierKind
from shared.domain.upserts import UpsertMode


class FileFormat(StrEnum):
    """What a file of contacts is written in."""

    CSV = "csv"
    NDJSON = "ndjson"


class ImportStatus(StrEnum):
    """How far an import is."""

    AWAITING_FILE = "awaiting_file"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


ENDED = (ImportStatus.COMPLETED, ImportStatus.FAILED, ImportStatus.CANCELED)


class FailureReason(StrEnum):
    """Why a file as a whole could not be imported, or not to its end."""

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
    """Why an import has failed: a reason for programs, and what it is about for people."""

    reason: FailureReason
    detail: str


class Part(StrEnum):
    """What of a contact a column fills."""

    CONTACT = "contact"
    VARIABLE = "variable"


class Target(NamedTuple):
    """Where a column goes: a field of the contact, or one of its variables."""

    part: Part
    name: str

    def __str__(self) -> str:
        return f"{self.part}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDraft:
    """What an import is to be.

    `mapping` says where columns go that their own names do not tell; None leaves one out.
    """

    file_format: FileFormat
    identifier_kind: IdentifierKind
    identifier_column: str
    mode: UpsertMode = UpsertMode.STRICT
    mapping: Mapping[str, Target | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file of an import: how large it is, and what it would change with its bytes."""

    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file is read, and what has become of its rows.

    `offset` counts bytes, `records` counts lines as a table shows them, the header and empty ones
    too; `error_parts` are the files of row errors so far, `error_folds` those that many of them
    were put together in. `columns` are those of a CSV file, each with where it goes.
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
        """How many rows were read: each was imported or has failed."""
        return self.imported + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportJob(ImportDraft):
    """An import, whom it is done for, and how far it is.

    `run` is how many functions have worked on it to their end, `stalled` how many of the last of
    them came no further.
    """

    import_id: str
    key_id: str
    user: str | None = None
    teams: frozenset[int] = frozenset()
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
        """Whether nothing will change any more."""
        return self.status in ENDED


class Address(NamedTuple):
    """An address that anybody may use who knows it, until it expires."""

    url: str
    expires_at: datetime


class ImportPage(NamedTuple):
    """Some of the imports of an account, and where the next ones are."""

    imports: Sequence[ImportJob]
    following: str | None


@dataclass(frozen=True, slots=True)
class RunMessage:
    """What lets a function work on an import once: the run that it is to be.

    `check` is the token of a queued import's periodic check; other messages have none.
    """

    account_id: str
    import_id: str
    run: int
    file: SourceFile | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class OpenImport:
    """An import that has not ended, as its account's backlog lists it.

    `check` is the token of the message that checks next whether the import may run; it is empty
    while the import runs or has no file. An entry that nobody renews expires.
    """

    import_id: str
    expires_at: datetime
    has_file: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The open imports of an account: those with a file in the order in which they run."""

    imports: tuple[OpenImport, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """Who works on an import, and by when that has ended in any case."""

    holder: str
    until: datetime


class RowError(NamedTuple):
    """Why a row was not imported; `record` is its line as a table shows it."""

    record: int
    column: str
    code: str
    message: str


class FileGone(Exception):
    """The file of an import is not there any more, or is another one by now."""


class LeaseLost(Exception):
    """Somebody else works on the import, or nobody is to work on it any more."""


class Imports(Protocol):
    """Imports and how far they are."""

    def add(self, account_id: str, job: ImportJob) -> None:
        """Store a new import; WriteConflict if there is one of that id."""

    def find(self, account_id: str, import_id: str) -> ImportJob | None:
        """The import of that id, or None."""

    def page(self, account_id: str, after: str | None, limit: int) -> ImportPage:
        """So many imports that were made before the one of that id, newest first."""

    def request_cancel(
        self, account_id: str, import_id: str, status: ImportStatus, at: datetime
    ) -> None:
        """Ask for the end of an import; WriteConflict if it does not have this status."""

    def cancel(self, account_id: str, import_id: str, at: datetime) -> None:
        """End an import that waits for its file; WriteConflict if it does not."""

    def enqueue(self, ticket: RunMessage, at: datetime) -> None:
        """Mark an import as queued with the file of the ticket, if it waits for its file."""

    def backlog(self, account_id: str) -> Backlog:
        """The open imports of an account."""

    def replace_backlog(self, account_id: str, seen: Backlog, new: Sequence[OpenImport]) -> None:
        """Store the open imports of an account; WriteConflict if they are not as they were seen."""

    def begin_run(self, ticket: RunMessage, lease: Lease, at: datetime) -> None:
        """Begin a run of an import; LeaseLost if another is on, or it is not the next one."""

    def checkpoint(
        self, ticket: RunMessage, lease: Lease, progress: Progress, at: datetime
    ) -> None:
        """Store how far a run is; LeaseLost if it is not on any more."""

    def end_run(self, ticket: RunMessage, lease: Lease, job: ImportJob, at: datetime) -> None:
        """Store status, failure and stalled runs, and end the run; LeaseLost as above."""

    def is_leased(self, ticket: RunMessage, at: datetime) -> bool:
        """Whether a run of an import is on."""


class ImportFiles(Protocol):
    """The files of imports, and those of their row errors."""

    def upload_address(
        self, account_id: str, import_id: str, at: datetime, size: int | None = None
    ) -> Address:
        """An address that takes the file for a while from now on, by PUT; of that size only."""

    def errors_address(self, account_id: str, import_id: str, at: datetime) -> Address:
        """An address that gives the file of row errors for a while from now on."""

    def find(self, ticket: RunMessage) -> SourceFile | None:
        """The file that has come last, None if it was removed; Unavailable."""

    def read(self, ticket: RunMessage, file: SourceFile, offset: int, size: int) -> bytes:
        """So many bytes of the file from there on, fewer at its end; FileGone, Unavailable."""

    def put_errors(self, ticket: RunMessage, part: int, content: bytes) -> None:
        """Store a part of the row errors, over one of that number."""

    def compact_errors(self, ticket: RunMessage, fold: int, parts: range) -> None:
        """Put parts together in one file, over one of that number."""

    def join_errors(self, ticket: RunMessage, header: bytes, folds: int, parts: range) -> None:
        """Make one file of a header, as many folds, and the parts behind them."""


class ImportQueue(Protocol):
    """What brings tickets to whoever works on them."""

    def send(self, ticket: RunMessage, delay_seconds: int) -> None:
        """Take in a ticket, at least once, to be given after a while."""
