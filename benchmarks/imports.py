"""How fast files of contacts are imported, and in how much memory, on a local engine.

`python -m benchmarks.imports [ROWS]` measures and prints it: of 1,000 rows, and of 50,000 if not
told otherwise, three of them bad. What a row costs in requests and capacity units is counted in
`tests/triggers/test_import_cost.py`.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session

from benchmarks.stage import LONG_AGO, local_table
from shared import import_wiring, wiring
from shared.domain.imports import FileFormat, ImportDraft, SourceFile, Ticket
from shared.domain.model import (
    Account,
    Caller,
    ContextType,
    DefinitionDraft,
    IdentifierKind,
    VariableType,
)
from shared.files.bucket import upload_key
from shared.services.definitions import create_definition
from shared.services.import_runs import work_on
from shared.services.imports import create_import

ROWS = 50_000
FEW_ROWS = 1_000

_ACCOUNT = "acme"
_RUN = timedelta(seconds=120)
_BAD = {100: "no address,Ada,1", 500: "bad@example.com,Ada,old", 900: '"bad@example.com,Ada,1'}
_MB = 1024


def main(arguments: list[str]) -> int:
    """Measure both sizes, each in a process of its own, and print what they tell."""
    if arguments[:1] == ["one"]:
        _measure(int(arguments[1]))
        return 0
    rows = int(arguments[0]) if arguments else ROWS
    for count in (FEW_ROWS, rows):
        command = [sys.executable, "-m", "benchmarks.imports", "one", str(count)]
        subprocess.run(command, check=True)  # noqa: S603 - ourselves
    return 0


def _measure(rows: int) -> None:
    with local_table():
        url = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
        ticket = _stage(rows, url)
        before = _peak_mb()
        began_at, runs = time.perf_counter(), 0
        while True:
            told = work_on(import_wiring.workshop(), ticket, datetime.now(UTC) + _RUN)
            runs += 1
            if told["outcome"] != "running":
                break
            ticket = Ticket(ticket.account_id, ticket.import_id, ticket.run + 1)
        seconds = time.perf_counter() - began_at
    print(
        f"{rows:,} rows: {told['imported']:,} imported, {told['failed']} failed, {runs} runs, "
        f"{rows / seconds:.0f} rows/s, peak memory {_peak_mb():.0f} MB ({before:.0f} before)"
    )


def _stage(rows: int, url: str) -> Ticket:
    """An import whose file is there, in an account of its own."""
    session = botocore.session.get_session()
    files: Any = session.create_client("s3", endpoint_url=url)
    queues: Any = session.create_client("sqs", endpoint_url=url)
    files.create_bucket(Bucket="imports")
    os.environ.update(
        AWS_ENDPOINT_URL_S3=url,
        AWS_ENDPOINT_URL_SQS=url,
        IMPORT_BUCKET_NAME="imports",
        IMPORT_QUEUE_URL=queues.create_queue(QueueName="imports")["QueueUrl"],
        IMPORT_ROWS_PER_SECOND="1000000",
    )
    caller = Caller(_ACCOUNT, "a-key", LONG_AGO)
    wiring.accounts().add(Account(_ACCOUNT))
    create_definition(wiring.definitions(), caller, _age())
    draft = ImportDraft(
        file_format=FileFormat.CSV,
        identifier_kind=IdentifierKind.EMAIL,
        identifier_column="email",
    )
    now = Caller(_ACCOUNT, "a-key", datetime.now(UTC))
    job, _ = create_import(import_wiring.imports(), import_wiring.import_files(), now, draft)
    content = "".join(_lines(rows)).encode()
    key = upload_key(_ACCOUNT, job.import_id)
    put = files.put_object(Bucket="imports", Key=key, Body=content)
    return Ticket(_ACCOUNT, job.import_id, 0, SourceFile(len(content), put["ETag"].strip('"')))


def _age() -> DefinitionDraft:
    return DefinitionDraft(
        name="age",
        display_name="Age",
        variable_type=VariableType.NUMBER,
        context_type=ContextType.CONTACT,
    )


def _lines(rows: int) -> Iterator[str]:
    yield "email,first_name,age\n"
    for number in range(rows):
        yield _BAD.get(number, f"contact{number:06d}@example.com,Ada,{number % 90}") + "\n"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
