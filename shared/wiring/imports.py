"""Adapters of functions for imports. Each is created once."""

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
    # A signed URL must not require a checksum from the client that uses it.
    request_checksum_calculation="when_required",
    signature_version="s3v4",
    # Otherwise URLs are signed for the global host, which redirects or fails for new buckets.
    s3={"addressing_style": "virtual"},
)


@cache
def imports() -> ImportTable:
    """Return the storage of imports."""
    return ImportTable(table())


@cache
def import_files() -> ImportBucket:
    """Return the storage of files."""
    client = aws_client("s3", _FILES_CONFIG)
    return ImportBucket(client, Settings.from_env().bucket_name())


@cache
def import_queue() -> SqsImportQueue:
    """Return the queue of import runs."""
    client = aws_client("sqs", CLIENT_CONFIG)
    return SqsImportQueue(client, Settings.from_env().queue_url("import_queue_url"))
