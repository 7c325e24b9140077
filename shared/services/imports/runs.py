"""Process run messages of imports, and queue the messages of the following runs.

Each run of an import has a number and one message. A message for an earlier run is a duplicate,
which is harmless; `shared.services.imports.import_run` describes what a run does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from os import urandom
from typing import Any

from shared.domain.errors import Postponed, Unavailable
from shared.domain.imports import (
    ImportJob,
    ImportStatus,
    Lease,
    LeaseLost,
    RunMessage,
    SourceFile,
)
from shared.services.imports.context import ImportContext
from shared.services.imports.import_run import ImportRun
from shared.services.imports.turns import Turn, close_import, take_turn

_STALLED_DELAY_SECONDS = 30
_MAX_DELAY_SECONDS = 900
_BUSY_SECONDS = 60


def process_runs(
    context: ImportContext, messages: Sequence[RunMessage], ends_at: datetime
) -> list[Mapping[str, Any]]:
    """Process several run messages one after the other; returns the facts to log."""
    return [process_run(context, message, ends_at) for message in messages]


def process_run(
    context: ImportContext, message: RunMessage, ends_at: datetime
) -> Mapping[str, Any]:
    """Process the run of a message and queue the next run; duplicate messages do no harm.

    The run must end before `ends_at`.

    Returns:
        The facts to log.

    Raises:
        Postponed: Another function processes the import.

    """
    facts = {"account_id": message.account_id, "import_id": message.import_id, "run": message.run}
    try:
        return {**facts, **_process(context, message, ends_at)}
    except Unavailable:
        # While the storage is unavailable the run cannot be counted. A new message keeps the
        # import out of the dead-letter queue, which SQS moves messages to after several receives.
        context.queue.send(message, _MAX_DELAY_SECONDS)
        return {**facts, "outcome": "queued again"}


def _process(context: ImportContext, message: RunMessage, ends_at: datetime) -> Mapping[str, Any]:
    job = context.imports.find(message.account_id, message.import_id)
    if job is None or job.has_ended:
        _close(context, message)
        return {"outcome": "ended before"}
    if job.run != message.run:
        return {"outcome": _process_duplicate(context, message, job)}
    message = replace(message, file=_file_to_read(context, message, job))
    if not job.is_cancel_requested:
        turn = _take_turn(context, message)
        if turn is not Turn.RUN:
            return {"outcome": str(turn)}
    lease = Lease(urandom(8).hex(), ends_at)
    try:
        context.imports.begin_run(message, lease, context.now())
    except LeaseLost:
        raise Postponed(_BUSY_SECONDS) from None
    job = replace(job, file=message.file, status=ImportStatus.RUNNING)
    try:
        ended = ImportRun(context, message, lease, job).process()
    except LeaseLost:
        # Another run has begun, or a retry of the write that ends this run found it ended.
        return _process(context, message, ends_at)
    _queue_next(context, message, ended)
    counts = {"imported": ended.progress.imported, "failed": ended.progress.failed}
    return {"outcome": str(ended.status), **counts}


def _take_turn(context: ImportContext, message: RunMessage) -> Turn:
    """Decide whether an import may run now, and mark a waiting import as queued."""
    turn = take_turn(
        context.imports, context.queue, message, context.imports_per_account, context.now()
    )
    if turn is Turn.WAIT:
        context.imports.enqueue(message, context.now())
    return turn


def _close(context: ImportContext, message: RunMessage) -> None:
    close_import(
        context.imports, context.queue, message, context.imports_per_account, context.now()
    )


def _file_to_read(context: ImportContext, message: RunMessage, job: ImportJob) -> SourceFile | None:
    """Return the current upload until a part of it is imported, then only that file."""
    if job.progress.offset:
        return job.file
    return context.files.find(message) or message.file or job.file


def _process_duplicate(context: ImportContext, message: RunMessage, job: ImportJob) -> str:
    """Queue the next run again if it is due and no function processes it.

    The function that processed this run may have stopped before it queued the next one.
    """
    following = _next_message(message)
    if job.run != following.run or context.imports.is_leased(message, context.now()):
        return "processed before"
    context.queue.send(following, 0)
    return "queued the next"


def _queue_next(context: ImportContext, message: RunMessage, job: ImportJob) -> None:
    if job.has_ended:
        _close(context, message)
        return
    delay = min(_STALLED_DELAY_SECONDS * 2 ** (job.stalled - 1), _MAX_DELAY_SECONDS)
    context.queue.send(_next_message(message), delay if job.stalled else 0)


def _next_message(message: RunMessage) -> RunMessage:
    return RunMessage(message.account_id, message.import_id, message.run + 1)
