"""What imports are worked on with, by the one function that reads their files."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from shared.config import Settings
from shared.import_wiring import import_files, import_queue, imports
from shared.services.import_rows import Item, Result
from shared.services.import_runs import Workshop
from shared.wiring import accounts, contacts, definitions

_WRITERS = 8
"""How many rows of a file are written at once; botocore keeps ten connections."""


@cache
def workshop() -> Workshop:
    """What imports are worked on with."""
    settings = Settings.from_env()
    return Workshop(
        imports=imports(),
        files=import_files(),
        queue=import_queue(),
        contacts=contacts(),
        definitions=definitions(),
        accounts=accounts(),
        rows_per_second=settings.import_rows_per_second,
        imports_per_account=settings.imports_per_account,
        for_each=for_each,
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )


def for_each(do: Callable[[Item], Result], items: Iterable[Item], /) -> Sequence[Result]:
    """What is done for each of many, a few at a time; it comes back when all of it is done."""
    with ThreadPoolExecutor(_WRITERS) as writers:
        return list(writers.map(do, items))
