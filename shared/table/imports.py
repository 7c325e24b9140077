"""Store imports of files.

An import has a lease, which only one run at a time holds.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from shared.domain.contacts import IdentifierKind
from shared.domain.errors import WriteConflict
from shared.domain.imports import (
    Backlog,
    BacklogChange,
    Failure,
    FailureReason,
    FileFormat,
    ImportJob,
    ImportPage,
    ImportStatus,
    Lease,
    LeaseLost,
    OpenImport,
    Part,
    Progress,
    RunMessage,
    SourceFile,
    Target,
)
from shared.domain.sources import Source
from shared.domain.upserts import UpsertMode
from shared.table import codec, keys
from shared.table.dynamo import Table
from shared.table.operations import IS_NEW, Item, Write, put, update

_IS_HOLDER = "#holder = :seen"
_IS_FREE = "(attribute_not_exists(#holder) OR #holder = :holder OR #leased_until < :now)"
_IS_OPEN = "#status IN (:awaiting_file, :queued, :running)"


class ImportTable:
    """The adapter of the port `Imports`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, job: ImportJob, change: BacklogChange | None = None) -> None:
        """Store a new import and a change of the backlog, both or neither.

        Raises:
            WriteConflict: An import with this id exists, or the backlog has another version.
        """
        added = put(_import_item(account_id, job), IS_NEW)
        self._table.write([added, *_backlog_writes(account_id, change)])

    def find(self, account_id: str, import_id: str) -> ImportJob | None:
        """Return an import, or None if it does not exist."""
        item = self._table.get(keys.import_job(account_id, import_id))
        return _to_import(item) if item else None

    def page(self, account_id: str, after: str | None, limit: int) -> ImportPage:
        """Return a page of imports, newest first.

        Args:
            account_id: The account.
            after: The id of the last import of the previous page. None starts at the newest.
            limit: The maximum number of imports.
        """
        start = None if after is None else keys.import_job(account_id, after)
        found, is_more = self._table.query_page(
            keys.imports_partition(account_id), keys.IMPORTS, start, limit, newest_first=True
        )
        imports = [_to_import(item) for item in found]
        return ImportPage(imports, imports[-1].import_id if is_more else None)

    def request_cancel(
        self, account_id: str, import_id: str, status: ImportStatus, at: datetime
    ) -> None:
        """Request the cancellation of an import.

        Raises:
            WriteConflict: The import has another status.
        """
        changes = {"status": status, "is_cancel_requested": True, "updated_at": at}
        self._update(account_id, import_id, changes, "#status = :status")

    def cancel(
        self, account_id: str, import_id: str, at: datetime, change: BacklogChange | None = None
    ) -> None:
        """Cancel an import that waits for its file, and change the backlog, both or neither.

        Raises:
            WriteConflict: The import has another status, or the backlog another version.
        """
        key = keys.import_job(account_id, import_id)
        sets = {"status": codec.encode(ImportStatus.CANCELED), "updated_at": codec.encode(at)}
        waiting = {":seen": codec.encode(ImportStatus.AWAITING_FILE)}
        canceled = update(key, sets, (), "#status = :seen", waiting)
        self._table.write([canceled, *_backlog_writes(account_id, change)])

    def enqueue(self, message: RunMessage, at: datetime) -> None:
        """Mark an import that waits for its file as queued. Otherwise do nothing."""
        changes: dict[str, Any] = {"status": ImportStatus.QUEUED, "updated_at": at}
        if message.file:
            changes["file"] = [message.file.size, message.file.etag]
        waiting = {":seen": codec.encode(ImportStatus.AWAITING_FILE)}
        with suppress(WriteConflict):
            self._update(message.account_id, message.import_id, changes, "#status = :seen", waiting)

    def backlog(self, account_id: str) -> Backlog:
        """Return the open imports of an account."""
        return to_backlog(self._table.get(keys.import_backlog(account_id)))

    def replace_backlog(self, account_id: str, change: BacklogChange) -> None:
        """Store the open imports of an account.

        Raises:
            WriteConflict: The backlog has another version than the one that was seen.
        """
        self._table.write(_backlog_writes(account_id, change))

    def begin_run(self, message: RunMessage, lease: Lease, at: datetime) -> None:
        """Begin a run of an import and take its lease.

        Raises:
            LeaseLost: Another run holds the lease, the import is closed, or the message is not
                that of the next run.
        """
        changes: dict[str, Any] = {
            "status": ImportStatus.RUNNING,
            "holder": lease.holder,
            "leased_until": lease.until,
            "run": message.run,
            "updated_at": at,
        }
        if message.file:
            changes["file"] = [message.file.size, message.file.etag]
        seen = {
            ":now": codec.encode(at),
            ":awaiting_file": codec.encode(ImportStatus.AWAITING_FILE),
            ":queued": codec.encode(ImportStatus.QUEUED),
            ":running": codec.encode(ImportStatus.RUNNING),
        }
        with _conflict_as_lease_lost():
            self._update(
                message.account_id,
                message.import_id,
                changes,
                f"#run = :run AND {_IS_FREE} AND {_IS_OPEN}",
                seen,
            )

    def checkpoint(
        self, message: RunMessage, lease: Lease, progress: Progress, at: datetime
    ) -> None:
        """Store the progress of a run.

        Raises:
            LeaseLost: The run no longer holds the lease.
        """
        changes = {
            "holder": lease.holder,
            "progress": _encode_progress(progress),
            "updated_at": at,
        }
        with _conflict_as_lease_lost():
            self._update(message.account_id, message.import_id, changes, "#holder = :holder")

    def end_run(self, message: RunMessage, lease: Lease, job: ImportJob, at: datetime) -> None:
        """End a run and release its lease. Stores status, failure and number of stalled runs.

        Raises:
            LeaseLost: The run no longer holds the lease.
        """
        changes: dict[str, Any] = {
            "status": job.status,
            "run": message.run + 1,
            "stalled": job.stalled,
            "updated_at": at,
        }
        if job.failure:
            changes["failure"] = [job.failure.reason, job.failure.detail]
        key = keys.import_job(message.account_id, message.import_id)
        sets = {name: codec.encode(value) for name, value in changes.items()}
        holder = {":seen": codec.encode(lease.holder)}
        with _conflict_as_lease_lost():
            self._table.write([update(key, sets, ["holder", "leased_until"], _IS_HOLDER, holder)])

    def is_leased(self, message: RunMessage, at: datetime) -> bool:
        """Return whether a run of an import holds the lease."""
        item = self._table.get(keys.import_job(message.account_id, message.import_id))
        if item is None or "holder" not in item:
            return False
        return codec.to_datetime(codec.decode(item["leased_until"])) >= at

    def _update(
        self,
        account_id: str,
        import_id: str,
        changes: Mapping[str, Any],
        condition: str,
        seen: Item | None = None,
    ) -> None:
        sets = {name: codec.encode(value) for name, value in changes.items()}
        key = keys.import_job(account_id, import_id)
        self._table.write([update(key, sets, (), condition, seen)])


@contextmanager
def _conflict_as_lease_lost() -> Iterator[None]:
    try:
        yield
    except WriteConflict:
        raise LeaseLost from None


def _backlog_writes(account_id: str, change: BacklogChange | None) -> list[Write]:
    if change is None:
        return []
    plain = [
        (each.import_id, each.expires_at, each.has_file, each.check) for each in change.imports
    ]
    sets = {
        **codec.entity_attributes("import_backlog"),
        "open": codec.encode(plain),
        "version": codec.encode(change.seen.version + 1),
    }
    condition, values = "attribute_not_exists(#version)", None
    if change.seen.version:
        condition, values = "#version = :seen", {":seen": codec.encode(change.seen.version)}
    return [update(keys.import_backlog(account_id), sets, (), condition, values)]


def to_backlog(item: Item | None) -> Backlog:
    """Build a backlog from its item. An account without imports has none."""
    if item is None:
        return Backlog()
    plain = [codec.decode(each) for each in item["open"]["L"]]
    return Backlog(tuple(_to_open(*each) for each in plain), codec.decode(item["version"]))


def _import_item(account_id: str, job: ImportJob) -> Item:
    plain = codec.field_values(job)
    plain["mapping"] = {column: _encode_target(target) for column, target in job.mapping.items()}
    plain["progress"] = _encode_progress(job.progress)
    plain["teams"] = sorted(job.teams)
    plain["file"] = [job.file.size, job.file.etag] if job.file else None
    plain["failure"] = [job.failure.reason, job.failure.detail] if job.failure else None
    del plain["expires_at"]
    item = codec.entity_item(keys.import_job(account_id, job.import_id), "import", plain)
    return {**item, "expires_at": codec.ttl(job.expires_at)}


def _to_import(item: Item) -> ImportJob:
    plain = codec.decode_fields(item, ImportJob)
    for name in ("created_at", "updated_at"):
        plain[name] = codec.to_datetime(plain[name])
    plain["expires_at"] = codec.to_datetime(plain["expires_at"] * 1000)
    plain["file_format"] = FileFormat(plain["file_format"])
    plain["identifier_kind"] = IdentifierKind(plain["identifier_kind"])
    plain["mode"] = UpsertMode(plain["mode"])
    plain["mapping"] = {name: _to_target(text) for name, text in plain["mapping"].items()}
    plain["teams"] = frozenset(plain["teams"])
    plain["key_source"] = Source(plain.get("key_source", Source.API))
    plain["status"] = ImportStatus(plain["status"])
    plain["progress"] = _to_progress(plain["progress"])
    if "file" in plain:
        plain["file"] = SourceFile(*plain["file"])
    if "failure" in plain:
        reason, detail = plain["failure"]
        plain["failure"] = Failure(FailureReason(reason), detail)
    return ImportJob(**plain)


def _to_open(import_id: str, expires_at: int, has_file: bool, check: str) -> OpenImport:  # noqa: FBT001 - the stored order
    return OpenImport(import_id, codec.to_datetime(expires_at), has_file, check)


def _encode_progress(progress: Progress) -> dict[str, Any]:
    plain = codec.field_values(progress)
    plain["columns"] = [[column, _encode_target(target)] for column, target in progress.columns]
    return plain


def _to_progress(plain: Mapping[str, Any]) -> Progress:
    columns = tuple((column, _to_target(text)) for column, text in plain["columns"])
    return Progress(**{**plain, "columns": columns})


def _encode_target(target: Target | None) -> str | None:
    return str(target) if target else None


def _to_target(text: str | None) -> Target | None:
    if text is None:
        return None
    part, _, name = text.partition(".")
    return Target(Part(part), name)
