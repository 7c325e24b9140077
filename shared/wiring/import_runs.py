"""The context of the function that runs imports."""

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

_ROWS_PER_WRITER = 50
"""The rows that one writer reliably writes in a second.

A row takes two or three requests.
"""


@cache
def import_context() -> ImportContext:
    """Return the context that imports run in."""
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
        for_each=partial(for_each, _writers(settings)),
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )


def for_each(
    writers: int, do: Callable[[Item], Result], items: Iterable[Item], /
) -> Sequence[Result]:
    """Call `do` for each item in several threads, and return the results in order."""
    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(do, items))


def _writers(settings: Settings) -> int:
    """Return the number of writers that the rate needs.

    More would only delay other requests.
    """
    needed = ceil(settings.import_rows_per_second / _ROWS_PER_WRITER)
    return max(1, min(settings.import_writers, needed))
