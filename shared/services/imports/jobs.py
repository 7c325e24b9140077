"""Create, find, list and cancel imports of files.

`shared.services.imports.runs` processes them.
"""

from dataclasses import fields
from datetime import timedelta

from shared.domain.accounts import Caller
from shared.domain.contacts import IdentifierKind
from shared.domain.definitions import ContextType, Definitions
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
from shared.services.conflicts import retry_on_conflict
from shared.services.ids import timed_id
from shared.services.imports.turns import add_import, cancel_waiting_import
from shared.services.variables.definitions import list_definitions
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.files.rows import MAX_COLUMNS_BYTES, columns_size
from shared.validation.names import snake_case

RETENTION = timedelta(days=30)
"""How long an import and its files are kept."""

_MAX_ID_CHARS = 64


def create_import(
    imports: Imports,
    files: ImportFiles,
    caller: Caller,
    draft: ImportDraft,
    size: int | None = None,
) -> tuple[ImportJob, PresignedUrl]:
    """Store a new import, which starts when its file is uploaded.

    With a size, the upload URL accepts only a file of that many bytes.

    Returns:
        The import and its upload URL.

    Raises:
        InvalidField: The mapping is too large to be stored.
        TooManyImports: The account has the maximum of open imports.

    """
    if columns_size(draft.mapping.items()) > MAX_COLUMNS_BYTES:
        raise InvalidField("mapping", f"it has more than {MAX_COLUMNS_BYTES:,} bytes")
    job = ImportJob(
        **{spec.name: getattr(draft, spec.name) for spec in fields(ImportDraft)},
        import_id=timed_id("imp_", caller.requested_at),
        key_id=caller.key_id,
        user=caller.user,
        teams=caller.teams,
        key_source=caller.value_source,
        origin_id=caller.origin_id,
        created_at=caller.requested_at,
        updated_at=caller.requested_at,
        # TTL attributes have whole seconds.
        expires_at=(caller.requested_at + RETENTION).replace(microsecond=0),
    )
    add_import(imports, caller, job)
    account_id, now = caller.account_id, caller.requested_at
    return job, files.upload_url(account_id, job.import_id, now, size)


def find_import(imports: Imports, caller: Caller, import_id: str) -> ImportJob:
    """Find an import; raises ImportNotFound if the caller sees none of that id."""
    found = imports.find(caller.account_id, import_id) if len(import_id) <= _MAX_ID_CHARS else None
    if found is None or not _is_visible(found, caller):
        raise ImportNotFound(import_id)
    return found


def list_imports(imports: Imports, caller: Caller, after: str | None, limit: int) -> ImportPage:
    """List a page of the imports that the caller sees, newest first.

    A page can have fewer entries than the limit although more follow.
    `after` is the id of the last import of the previous page, None for the first page.
    """
    page = imports.page(caller.account_id, after, limit)
    return page._replace(imports=[each for each in page.imports if _is_visible(each, caller)])


def errors_url(
    imports: Imports, files: ImportFiles, caller: Caller, import_id: str
) -> PresignedUrl:
    """Presign a URL of the report of row errors.

    Raises:
        ImportNotFound: The caller sees no such import.
        ImportNotEnded: The import is still open.
        ImportWithoutFile: The import ended before its file was uploaded.

    """
    job = find_import(imports, caller, import_id)
    if not job.has_ended:
        raise ImportNotEnded(import_id)
    if job.file is None:
        raise ImportWithoutFile(import_id)
    return files.errors_url(caller.account_id, import_id, caller.requested_at)


def cancel_import(
    imports: Imports, queue: ImportQueue, caller: Caller, import_id: str
) -> ImportJob:
    """Cancel an import; the rows that it has imported stay.

    Raises:
        ImportNotFound: The caller sees no such import.
        ImportEnded: The import has completed or failed.
        Unavailable: The storage or the queue was not available.

    """
    canceled = _cancel(imports, caller, import_id)
    following = RunMessage(caller.account_id, import_id, canceled.run, None)
    if not canceled.has_ended and not imports.is_leased(following, caller.requested_at):
        # The message of the run may be in the dead-letter queue. A duplicate does no harm.
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
            cancel_waiting_import(imports, caller, import_id)
        else:
            imports.request_cancel(caller.account_id, import_id, job.status, caller.requested_at)
        # Read the import again, as it is now.
        raise WriteConflict

    return retry_on_conflict(attempt)


def template_columns(
    definitions: Definitions, caller: Caller, identifier: IdentifierKind
) -> list[str]:
    """List the columns that a file can have: the identifier, contact fields, and variables."""
    own = IDENTIFYING_FIELDS[identifier]
    others = [name for name in CONTACT_FIELDS if name != own]
    found = list_definitions(definitions, caller, (ContextType.CONTACT,))
    # A column with the name of a contact field never maps to a variable of that name.
    names = [each.name for each in found if snake_case(each.name) not in CONTACT_FIELDS]
    return [own, *others, *names]


def _is_visible(job: ImportJob, caller: Caller) -> bool:
    # Columns and row errors name what the creator of an import saw, so that a caller who sees less
    # must not read them. An import of a key without user and teams is seen by the whole account.
    is_visible = job.user in (None, caller.user) and job.teams <= caller.teams
    # TTL deletes late, so that an expired import can still be there.
    return is_visible and job.expires_at > caller.requested_at
