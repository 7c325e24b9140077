"""Decide which imports of an account run, and which wait for their turn.

An account runs a few imports at once, in the order in which their files arrived, so that imports
of other accounts also get functions. Its backlog lists the imports that have not ended.

Each queued import has one message in the queue that checks periodically whether the import may
run. Its entry in the backlog has the token of that message; a message with another token is a
duplicate. An import that ends also sends a message for the import that may run in its place, so
that the checks matter only after a function was killed. A check is sent before its token is
stored: a function that dies between the two leaves a duplicate, not an import without a message.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from os import urandom

from shared.domain.accounts import Caller
from shared.domain.errors import TooManyImports
from shared.domain.imports import (
    BacklogChange,
    ImportJob,
    ImportQueue,
    Imports,
    OpenImport,
    RunMessage,
)
from shared.services.conflicts import retry_on_conflict

MAX_OPEN_IMPORTS = 100
"""The most open imports of an account."""

CHECK_SECONDS = 300
"""How long a queued import waits for its next check."""

_UPLOAD_PERIOD = timedelta(minutes=75)
"""How long an import waits for its file: longer than its upload URL is valid."""

_ENTRY_PERIOD = timedelta(minutes=20)
"""How long an entry is valid: longer than a run with the longest delay after it."""

_RENEWAL_PERIOD = timedelta(minutes=17)
"""An entry that is valid for longer is not renewed, which saves most runs a write."""


class Turn(StrEnum):
    """What to do with the message of an import."""

    RUN = "run"
    WAIT = "queued"
    DUPLICATE = "queued before"


def add_import(imports: Imports, caller: Caller, job: ImportJob) -> None:
    """Store a new import, and its place in its account's backlog; raises TooManyImports."""

    def attempt() -> None:
        backlog = imports.backlog(caller.account_id)
        left = _unexpired(backlog.imports, caller.requested_at)
        if len(left) >= MAX_OPEN_IMPORTS:
            raise TooManyImports(MAX_OPEN_IMPORTS)
        added = OpenImport(job.import_id, caller.requested_at + _UPLOAD_PERIOD)
        imports.add(caller.account_id, job, BacklogChange(backlog, [*left, added]))

    retry_on_conflict(attempt)


def cancel_waiting_import(imports: Imports, caller: Caller, import_id: str) -> None:
    """Cancel an import that waits for its file, and free its place in the backlog.

    Raises WriteConflict when the import or the backlog has changed meanwhile.
    """
    backlog = imports.backlog(caller.account_id)
    left = [each for each in backlog.imports if each.import_id != import_id]
    freed = BacklogChange(backlog, left) if len(left) < len(backlog.imports) else None
    imports.cancel(caller.account_id, import_id, caller.requested_at, freed)


def take_turn(
    imports: Imports, queue: ImportQueue, message: RunMessage, limit: int, now: datetime
) -> Turn:
    """Decide whether the import of a message may run now.

    At most `limit` imports of an account run at once.

    Returns:
        RUN, also for an import that runs already; WAIT if its next check was sent; DUPLICATE if
        another message will check.

    """
    check = urandom(8).hex()

    def attempt() -> tuple[Turn, Sequence[OpenImport]]:
        backlog = imports.backlog(message.account_id)
        left = _unexpired(backlog.imports, now)
        entry = _entry(left, message.import_id)
        queued = _with_file(left)
        if entry is None or not entry.has_file:
            entry = OpenImport(message.import_id, now, has_file=True, check=message.check)
            left = [each for each in left if each.import_id != message.import_id]
            left, queued = [*left, entry], [*queued, entry]
        may_run = entry in queued[:limit]
        if not may_run and entry.check != message.check:
            return Turn.DUPLICATE, []
        renewed = replace(entry, expires_at=now + _ENTRY_PERIOD, check="" if may_run else check)
        if may_run and not entry.check and entry.expires_at > now + _RENEWAL_PERIOD:
            return Turn.RUN, []
        if not may_run:
            queue.send(replace(message, check=check), CHECK_SECONDS)
        new = [renewed if each is entry else each for each in left]
        imports.replace_backlog(message.account_id, BacklogChange(backlog, new))
        promoted = _promoted(backlog.imports, new, limit)
        others = [each for each in promoted if each.import_id != message.import_id]
        return (Turn.RUN if may_run else Turn.WAIT), others

    turn, promoted = retry_on_conflict(attempt)
    _start_promoted(imports, queue, message.account_id, promoted)
    return turn


def close_import(
    imports: Imports, queue: ImportQueue, message: RunMessage, limit: int, now: datetime
) -> None:
    """Remove an ended import from the backlog, and start the imports that run in its place."""

    def attempt() -> Sequence[OpenImport]:
        before, after = _remove(imports, message.account_id, message.import_id)
        return _promoted(before, _unexpired(after, now), limit)

    _start_promoted(imports, queue, message.account_id, retry_on_conflict(attempt))


def _remove(
    imports: Imports, account_id: str, import_id: str
) -> tuple[Sequence[OpenImport], Sequence[OpenImport]]:
    """Remove an import from the backlog; returns the entries before and after."""
    backlog = imports.backlog(account_id)
    left = [each for each in backlog.imports if each.import_id != import_id]
    if len(left) != len(backlog.imports):
        imports.replace_backlog(account_id, BacklogChange(backlog, left))
    return backlog.imports, left


def _start_promoted(
    imports: Imports, queue: ImportQueue, account_id: str, promoted: Sequence[OpenImport]
) -> None:
    for each in promoted:
        job = imports.find(account_id, each.import_id)
        if job is not None:
            queue.send(RunMessage(account_id, each.import_id, job.run), 0)


def _promoted(
    before: Sequence[OpenImport], after: Sequence[OpenImport], limit: int
) -> Sequence[OpenImport]:
    """Return the imports that may run after a change of the backlog and could not before."""
    ran = {each.import_id for each in _with_file(before)[:limit]}
    return [each for each in _with_file(after)[:limit] if each.import_id not in ran]


def _with_file(entries: Sequence[OpenImport]) -> list[OpenImport]:
    return [each for each in entries if each.has_file]


def _entry(entries: Sequence[OpenImport], import_id: str) -> OpenImport | None:
    return next((each for each in entries if each.import_id == import_id), None)


def _unexpired(entries: Sequence[OpenImport], now: datetime) -> list[OpenImport]:
    return [each for each in entries if each.expires_at > now]
