"""What imports are worked on with, by the one function that reads their files."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache, partial
from math import ceil

from shared.runtime.config import Settings
from shared.services.imports.context import ImportContext
from shared.services.imports.rows import Item, Result
from shared.wiring.endpoints import accounts, contacts, definitions
from shared.wiring.imports import import_files, import_queue, imports

_MAX_WRITERS = 8
"""How many rows of a file are written at once at most; botocore keeps ten connections."""

_ROWS_PER_WRITER = 50
"""Rows that one writer is sure to write in a second: a row is two or three requests."""


@cache
def import_context() -> ImportContext:
    """What imports are worked on with."""
    settings = Settings.from_env()
    return ImportContext(
        imports=imports(),
        files=import_files(),
        queue=import_queue(),
        contacts=contacts(),
        definitions=definitions(),
        accounts=accounts(),
        rows_per_second=settings.import_rows_per_second,
        imports_per_account=settings.imports_per_account,
        for_each=partial(for_each, _writers(settings.import_rows_per_second)),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )


def for_each(
    writers: int, do: Callable[[Item], Result], items: Iterable[Item], /
) -> Sequence[Result]:
    """What is done for each of many, a few at a time; it comes back when all of it is done."""
    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(do, items))


def _writers(rows_per_second: float) -> int:
    """As many writers as the pace needs: more of them would only hold up other requests."""
    return max(1, min(_MAX_WRITERS, ceil(rows_per_second / _ROWS_PER_WRITER)))
