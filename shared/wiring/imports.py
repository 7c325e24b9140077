"""The adapters of functions that are about imports of files; each is made once."""

from functools import cache

from botocore.config import Config

from shared.adapters.import_bucket import ImportBucket
from shared.adapters.import_queue import SqsImportQueue
from shared.runtime.config import Settings
from shared.table.imports import ImportTable
from shared.wiring.endpoints import CLIENT_CONFIG, aws_client, table

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


@cache
def imports() -> ImportTable:
    """The imports of the table."""
    return ImportTable(table())


@cache
def import_files() -> ImportBucket:
    """The files of imports in the bucket of this function's environment."""
    client = aws_client("s3", _FILES_CONFIG)
    return ImportBucket(client, Settings.from_env().bucket_name())


@cache
def import_queue() -> SqsImportQueue:
    """The queue of runs of imports of this function's environment."""
    client = aws_client("sqs", CLIENT_CONFIG)
    return SqsImportQueue(client, Settings.from_env().queue_url("import_queue_url"))
