"""The adapters of functions that are about imports of files; each is made once."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache

from botocore.config import Config

from shared.config import Settings
from shared.files.bucket import ImportBucket
from shared.messages.imports import SqsImportQueue
from shared.services.import_rows import Item, Result
from shared.services.import_runs import Workshop
from shared.table.imports import ImportTable
from shared.wiring import CLIENT_CONFIG, accounts, aws_client, contacts, definitions, table

_FILES_CONFIG = Config(
    connect_timeout=1,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    # An address that is signed asks whoever uses it for no checksum.
    request_checksum_calculation="when_required",
    signature_version="s3v4",
    # Else it is signed for the host of all regions, which redirects to a new bucket's own, or never
    # knows of it.
    s3={"addressing_style": "virtual"},
)

_WRITERS = 8
"""How many rows of a file are written at once; botocore keeps ten connections."""


@cache
def imports() -> ImportTable:
    """The imports of the table."""
    return ImportTable(table())


@cache
def import_files() -> ImportBucket:
    """The files of imports in the bucket of this function's environment."""
    client = aws_client("s3", _FILES_CONFIG)
    return ImportBucket(client, Settings.from_env().needed("import_bucket_name"))


@cache
def workshop() -> Workshop:
    """What imports are worked on with."""
    settings = Settings.from_env()
    client = aws_client("sqs", CLIENT_CONFIG)
    return Workshop(
        imports=imports(),
        files=import_files(),
        queue=SqsImportQueue(client, settings.needed("import_queue_url")),
        contacts=contacts(),
        definitions=definitions(),
        accounts=accounts(),
        rows_per_second=settings.import_rows_per_second,
        for_each=for_each,
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
    )


def for_each(do: Callable[[Item], Result], items: Iterable[Item], /) -> Sequence[Result]:
    """What is done for each of many, a few at a time; it comes back when all of it is done."""
    with ThreadPoolExecutor(_WRITERS) as writers:
        return list(writers.map(do, items))
