"""Imports of files in the table: an item each, which one function at a time may work on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import datetime
from typing import Any

from shared.domain.contacts import IdentifierKind
from shared.domain.errors import WriteConflict
from shared.domain.imports import (
    Backlog,
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
from shared.domain.upserts import UpsertMode
from shared.table import items, keys
from shared.table.dynamo import Item, Table, put, update

_MINE = "#holder = :seen"
_FREE = "(attribute_not_exists(#holder) OR #holder = :holder OR #leased_until < :now)"
_OPEN = "#status IN (:awaiting_file, :queued, :running)"


class ImportTable:
    """The adapter of the port `Imports`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, account_id: str, job: ImportJob) -> None:
        """Store a new import; WriteConflict if there is one of that id."""
        self._table.write([put(_import_item(account_id, job), "attribute_not_exists(pk)")])

    def find(self, account_id: str, import_id: str) -> ImportJob | None:
        """The import of that id, or None."""
        item = self._table.get(keys.import_job(account_id, import_id))
        return _to_import(item) if item else None

    def page(self, account_id: str, after: str | None, limit: int) -> ImportPage:
        """So many imports that were made before the one of that id, newest first."""
        start = None if after is None else keys.import_job(account_id, after)
        found, is_more = self._table.query_page(
            keys.imports_partition(account_id), keys.IMPORTS, start, limit, newest_first=True
        )
        imports = [_to_import(item) for item in found]
        return ImportPage(imports, imports[-1].import_id if is_more else None)

    def request_cancel(
        self, account_id: str, import_id: str, status: ImportStatus, at: datetime
    ) -> None:
        """Ask for the end of an import; WriteConflict if it does not have this status."""
        changes = {"status": status, "is_cancel_requested": True, "updated_at": at}
        self._update(account_id, import_id, changes, "#status = :status")

    def cancel(self, account_id: str, import_id: str, at: datetime) -> None:
        """End an import that waits for its file; WriteConflict if it does not."""
        changes = {"status": ImportStatus.CANCELED, "updated_at": at}
        waiting = {":seen": items.encode(ImportStatus.AWAITING_FILE)}
        self._update(account_id, import_id, changes, "#status = :seen", waiting)

    def enqueue(self, ticket: RunMessage, at: datetime) -> None:
        """Mark an import as queued with the file of the ticket, if it waits for its file."""
        changes: dict[str, Any] = {"status": ImportStatus.QUEUED, "updated_at": at}
        if ticket.file:
            changes["file"] = [ticket.file.size, ticket.file.etag]
        waiting = {":seen": items.encode(ImportStatus.AWAITING_FILE)}
        with suppress(WriteConflict):
            self._update(ticket.account_id, ticket.import_id, changes, "#status = :seen", waiting)

    def backlog(self, account_id: str) -> Backlog:
        """The open imports of an account."""
        item = self._table.get(keys.import_backlog(account_id))
        if item is None:
            return Backlog()
        plain = [items.decode(each) for each in item["open"]["L"]]
        return Backlog(tuple(_to_open(*each) for each in plain), items.decode(item["version"]))

    def replace_backlog(self, account_id: str, seen: Backlog, new: Sequence[OpenImport]) -> None:
        """Store the open imports of an account; WriteConflict if they are not as they were seen."""
        plain = [(each.import_id, each.expires_at, each.has_file, each.check) for each in new]
        sets = {
            **items.entity_mark("import_backlog"),
            "open": items.encode(plain),
            "version": items.encode(seen.version + 1),
        }
        condition, values = "attribute_not_exists(#version)", None
        if seen.version:
            condition, values = "#version = :seen", {":seen": items.encode(seen.version)}
        key = keys.import_backlog(account_id)
        self._table.write([update(key, sets, (), condition, values)])

    def begin_run(self, ticket: RunMessage, lease: Lease, at: datetime) -> None:
        """Begin a run of an import; LeaseLost if another is on, or it is not the next one."""
        changes: dict[str, Any] = {
            "status": ImportStatus.RUNNING,
            "holder": lease.holder,
            "leased_until": lease.until,
            "run": ticket.run,
            "updated_at": at,
        }
        if ticket.file:
            changes["file"] = [ticket.file.size, ticket.file.etag]
        seen = {
            ":now": items.encode(at),
            ":awaiting_file": items.encode(ImportStatus.AWAITING_FILE),
            ":queued": items.encode(ImportStatus.QUEUED),
            ":running": items.encode(ImportStatus.RUNNING),
        }
        with _lease():
            self._update(
                ticket.account_id,
                ticket.import_id,
                changes,
                f"#run = :run AND {_FREE} AND {_OPEN}",
                seen,
            )

    def checkpoint(
        self, ticket: RunMessage, lease: Lease, progress: Progress, at: datetime
    ) -> None:
        """Store how far a run is; LeaseLost if it is not on any more."""
        changes = {
            "holder": lease.holder,
            "progress": _plain_progress(progress),
            "updated_at": at,
        }
        with _lease():
            self._update(ticket.account_id, ticket.import_id, changes, "#holder = :holder")

    def end_run(self, ticket: RunMessage, lease: Lease, job: ImportJob, at: datetime) -> None:
        """Store status, failure and stalled runs, and end the run; LeaseLost as above."""
        changes: dict[str, Any] = {
            "status": job.status,
            "run": ticket.run + 1,
            "stalled": job.stalled,
            "updated_at": at,
        }
        if job.failure:
            changes["failure"] = [job.failure.reason, job.failure.detail]
        key = keys.import_job(ticket.account_id, ticket.import_id)
        sets = {name: items.encode(value) for name, value in changes.items()}
        held = {":seen": items.encode(lease.holder)}
        with _lease():
            self._table.write([update(key, sets, ["holder", "leased_until"], _MINE, held)])

    def is_leased(self, ticket: RunMessage, at: datetime) -> bool:
        """Whether a run of an import is on."""
        item = self._table.get(keys.import_job(ticket.account_id, ticket.import_id))
        if item is None or "holder" not in item:
            return False
        return items.instant(items.decode(item["leased_until"])) >= at

    def _update(
        self,
        account_id: str,
        import_id: str,
        changes: Mapping[str, Any],
        condition: str,
        seen: Item | None = None,
    ) -> None:
        sets = {name: items.encode(value) for name, value in changes.items()}
        key = keys.import_job(account_id, import_id)
        self._table.write([update(key, sets, (), condition, seen)])


@contextmanager
def _lease() -> Iterator[None]:
    try:
        yield
    except WriteConflict:
        raise LeaseLost from None


def _import_item(account_id: str, job: ImportJob) -> Item:
    plain = {spec.name: getattr(job, spec.name) for spec in fields(ImportJob)}
    plain["mapping"] = {column: _plain_target(target) for column, target in job.mapping.items()}
    plain["progress"] = _plain_progress(job.progress)
    plain["teams"] = sorted(job.teams)
    plain["file"] = [job.file.size, job.file.etag] if job.file else None
    plain["failure"] = [job.failure.reason, job.failure.detail] if job.failure else None
    del plain["expires_at"]
    item = items.entity_item(keys.import_job(account_id, job.import_id), "import", plain)
    return {**item, "expires_at": items.seconds(job.expires_at)}


def _to_import(item: Item) -> ImportJob:
    plain = items.known_fields(item, ImportJob)
    for name in ("created_at", "updated_at"):
        plain[name] = items.instant(plain[name])
    plain["expires_at"] = items.instant(plain["expires_at"] * 1000)
    plain["file_format"] = FileFormat(plain["file_format"])
    plain["identifier_kind"] = IdentifierKind(plain["identifier_kind"])
    plain["mode"] = UpsertMode(plain["mode"])
    plain["mapping"] = {name: _to_target(text) for name, text in plain["mapping"].items()}
    plain["teams"] = frozenset(plain["teams"])
    plain["status"] = ImportStatus(plain["status"])
    plain["progress"] = _to_progress(plain["progress"])
    if "file" in plain:
        plain["file"] = SourceFile(*plain["file"])
    if "failure" in plain:
        reason, detail = plain["failure"]
        plain["failure"] = Failure(FailureReason(reason), detail)
    return ImportJob(**plain)


def _to_open(import_id: str, expires_at: int, has_file: bool, check: str) -> OpenImport:  # noqa: FBT001 - as it is stored
    return OpenImport(import_id, items.instant(expires_at), has_file, check)


def _plain_progress(progress: Progress) -> dict[str, Any]:
    plain = {spec.name: getattr(progress, spec.name) for spec in fields(Progress)}
    plain["columns"] = [[column, _plain_target(target)] for column, target in progress.columns]
    return plain


def _to_progress(plain: Mapping[str, Any]) -> Progress:
    columns = tuple((column, _to_target(text)) for column, text in plain["columns"])
    return Progress(**{**plain, "columns": columns})


def _plain_target(target: Target | None) -> str | None:
    return str(target) if target else None


def _to_target(text: str | None) -> Target | None:
    if text is None:
        return None
    part, _, name = text.partition(".")
    return Target(Part(part), name)
