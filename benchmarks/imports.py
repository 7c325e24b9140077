"""Measure the time and memory of contact imports on a local engine.

Each file has three invalid rows. `tests/triggers/test_import_cost.py` measures the requests and
capacity units of a row.
docs/imports.md refers to these figures in docs/benchmarks/flows.md.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session

from benchmarks.stage import Stage, local_table
from shared.adapters.import_bucket import upload_key
from shared.domain.accounts import Caller
from shared.domain.contacts import IdentifierKind
from shared.domain.definitions import VariableType
from shared.domain.imports import FileFormat, ImportDraft, RunMessage, SourceFile
from shared.services.imports.jobs import create_import
from shared.services.imports.runs import process_run
from shared.wiring import import_runs as import_run_wiring
from shared.wiring import imports as import_wiring

_ACCOUNT = "acme"
_RUN = timedelta(seconds=120)
_BAD = {100: "no address,Ada,1", 500: "bad@example.com,Ada,old", 900: '"bad@example.com,Ada,1'}
_MB = 1024


@dataclass(frozen=True, slots=True)
class ImportMeasured:
    """The time of an import, and the memory of its process in megabytes."""

    rows: int
    imported: int
    failed: int
    runs: int
    seconds: float
    peak_mb: float
    start_mb: float


def measure_import(rows: int) -> ImportMeasured:
    """Import a file in a new process."""
    command = [sys.executable, "-m", "benchmarks.imports", str(rows)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return ImportMeasured(**json.loads(ran.stdout.splitlines()[-1]))


def _measure(rows: int) -> ImportMeasured:
    with local_table() as (dynamodb, table_name):
        # The default protects the capacity of a table on AWS.
        os.environ["IMPORT_ROWS_PER_SECOND"] = "1000000"
        message = _stage(rows, Stage(dynamodb, table_name, _ACCOUNT))
        before = _peak_mb()
        began_at, runs = time.perf_counter(), 0
        while True:
            context = import_run_wiring.import_context()
            told = process_run(context, message, datetime.now(UTC) + _RUN)
            runs += 1
            if told["outcome"] != "running":
                break
            message = RunMessage(message.account_id, message.import_id, message.run + 1)
        seconds = time.perf_counter() - began_at
    return ImportMeasured(rows, told["imported"], told["failed"], runs, seconds, _peak_mb(), before)


def _stage(rows: int, stage: Stage) -> RunMessage:
    """Create an account with an import and its file."""
    stage.open()
    stage.define_one("age", "Age", VariableType.NUMBER)
    draft = ImportDraft(
        file_format=FileFormat.CSV,
        identifier_kind=IdentifierKind.EMAIL,
        identifier_column="email",
    )
    now = Caller(_ACCOUNT, "a-key", datetime.now(UTC))
    job, _ = create_import(import_wiring.imports(), import_wiring.import_files(), now, draft)
    content = "".join(_lines(rows)).encode()
    files: Any = botocore.session.get_session().create_client("s3")
    put = files.put_object(
        Bucket=os.environ["IMPORT_BUCKET_NAME"],
        Key=upload_key(_ACCOUNT, job.import_id),
        Body=content,
    )
    return RunMessage(_ACCOUNT, job.import_id, 0, SourceFile(len(content), put["ETag"].strip('"')))


def _lines(rows: int) -> Iterator[str]:
    yield "email,first_name,age\n"
    for number in range(rows):
        yield _BAD.get(number, f"contact{number:06d}@example.com,Ada,{number % 90}") + "\n"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB


if __name__ == "__main__":
    print(json.dumps(asdict(_measure(int(sys.argv[1])))))
