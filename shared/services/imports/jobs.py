"""Imports of files: asked for, looked at, given up.

How one is worked on is told in `shared.services.imports.runs`.
"""

from dataclasses import fields
from datetime import timedelta

from shared.domain.accounts import Caller
from shared.domain.contacts import IdentifierKind
from shared.domain.errors import (
    ImportEnded,
    ImportNotEnded,
    ImportNotFound,
    ImportWithoutFile,
    InvalidField,
    WriteConflict,
)
from shared.domain.imports import (
    ImportDraft,
    ImportFiles,
    ImportJob,
    ImportPage,
    ImportQueue,
    Imports,
    ImportStatus,
    PresignedUrl,
    RunMessage,
)
from shared.domain.variables import ContextType, Definitions
from shared.services.conflicts import retry_on_conflict
from shared.services.ids import timed_id
from shared.services.imports.turns import admit_import, withdraw_import
from shared.services.variables.definitions import list_definitions
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.files.rows import MAX_COLUMNS_BYTES, columns_size
from shared.validation.names import snake_case

KEPT = timedelta(days=30)
"""How long an import is known, and its files are there."""

_MAX_ID_CHARS = 64


def create_import(
    imports: Imports,
    files: ImportFiles,
    caller: Caller,
    draft: ImportDraft,
    size: int | None = None,
) -> tuple[ImportJob, PresignedUrl]:
    """Store a new import, which begins when its file is at the address that comes with it.

    With a size, the address accepts a file of that many bytes only.
    Raises InvalidField when the mapping is too large to be kept, or TooManyImports.
    """
    if columns_size(draft.mapping.items()) > MAX_COLUMNS_BYTES:
        raise InvalidField("mapping", f"it has more than {MAX_COLUMNS_BYTES:,} bytes")
    job = ImportJob(
        **{spec.name: getattr(draft, spec.name) for spec in fields(ImportDraft)},
        import_id=timed_id("imp_", caller.requested_at),
        key_id=caller.key_id,
        user=caller.user,
        teams=caller.teams,
        origin_id=caller.origin_id,
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
        # To the second, as the table forgets it.
        expires_at=(caller.requested_at + KEPT).replace(microsecond=0),
    )
    admit_import(imports, caller, job.import_id)
    imports.add(caller.account_id, job)
    account_id, now = caller.account_id, caller.requested_at
    return job, files.upload_url(account_id, job.import_id, now, size)


def find_import(imports: Imports, caller: Caller, import_id: str) -> ImportJob:
    """The import of that id; raises ImportNotFound if there is none that the caller sees."""
    found = imports.find(caller.account_id, import_id) if len(import_id) <= _MAX_ID_CHARS else None
    if found is None or not _is_shown(found, caller):
        raise ImportNotFound(import_id)
    return found


def list_imports(imports: Imports, caller: Caller, after: str | None, limit: int) -> ImportPage:
    """List the imports that the caller sees, of so many made before the one of that id.

    Newest first. A page can have fewer than the limit although more follow.
    """
    page = imports.page(caller.account_id, after, limit)
    return page._replace(imports=[each for each in page.imports if _is_shown(each, caller)])


def errors_url(
    imports: Imports, files: ImportFiles, caller: Caller, import_id: str
) -> PresignedUrl:
    """An address of the file of row errors; raises ImportNotFound, -NotEnded or -WithoutFile."""
    job = find_import(imports, caller, import_id)
    if not job.has_ended:
        raise ImportNotEnded(import_id)
    if job.file is None:
        raise ImportWithoutFile(import_id)
    return files.errors_url(caller.account_id, import_id, caller.requested_at)


def cancel_import(
    imports: Imports, queue: ImportQueue, caller: Caller, import_id: str
) -> ImportJob:
    """End an import before its file does; what it has imported by then stays.

    Raises ImportNotFound, ImportEnded or Unavailable.
    """
    canceled = _cancel(imports, caller, import_id)
    following = RunMessage(caller.account_id, import_id, canceled.run, None)
    if not canceled.has_ended and not imports.is_leased(following, caller.requested_at):
        # Whose turn it is may lie among the dead letters. Twice is no harm.
        queue.send(following, 0)
    return canceled


def _cancel(imports: Imports, caller: Caller, import_id: str) -> ImportJob:

    def attempt() -> ImportJob:
        job = find_import(imports, caller, import_id)
        if job.status is ImportStatus.CANCELED or job.is_cancel_requested:
            return job
        if job.has_ended:
            raise ImportEnded(import_id)
        if job.status is ImportStatus.AWAITING_FILE:
            imports.cancel(caller.account_id, import_id, caller.requested_at)
            withdraw_import(imports, caller, import_id)
        else:
            imports.request_cancel(caller.account_id, import_id, job.status, caller.requested_at)
        # What it has become meanwhile.
        raise WriteConflict

    return retry_on_conflict(attempt)


def template_columns(
    definitions: Definitions, caller: Caller, identifier: IdentifierKind
) -> list[str]:
    """The columns that a file can have: the identifier's, fields of a contact, variables."""
    own = IDENTIFYING_FIELDS[identifier]
    others = [name for name in CONTACT_FIELDS if name != own]
    found = list_definitions(definitions, caller, (ContextType.CONTACT,))
    # Of a variable that is called like a field, no column goes to it by its name.
    names = [each.name for each in found if snake_case(each.name) not in CONTACT_FIELDS]
    return [own, *others, *names]


def _is_shown(job: ImportJob, caller: Caller) -> bool:
    # Columns and row errors name what the creator of an import saw, so that a caller who sees less
    # must not read them. An import of a key without user and teams is seen by the whole account.
    is_visible = job.user in (None, caller.user) and job.teams <= caller.teams
    # TTL deletes late, so that an expired import can still be there.
    return is_visible and job.expires_at > caller.requested_at
