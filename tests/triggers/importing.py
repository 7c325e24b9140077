"""Import files with the handler, and a bucket and a queue of the engine."""

import json
import urllib.request
from dataclasses import dataclass, field, replace
from typing import Any

from shared.adapters.import_bucket import upload_key
from shared.domain.accounts import Caller
from shared.domain.contacts import IdentifierKind
from shared.domain.imports import BacklogChange, FileFormat, ImportDraft, ImportJob, Target
from shared.domain.upserts import UpsertMode
from shared.services.imports.jobs import cancel_import, create_import
from shared.wiring import import_runs as import_run_wiring
from shared.wiring import imports as import_wiring
from tests.aws_resources import service_client
from tests.fixtures import LONG_AGO, Fixtures
from tests.triggers.queue import Context, failures, record

BUCKET = "imports"
QUEUE = "imports"
FUNCTION = "TriggerImportFile"


@dataclass
class Importer:
    """The imports of an account, and the pending messages of their queue."""

    fixtures: Fixtures
    s3: Any
    sqs: Any
    queue_url: str
    dead: list[Any] = field(default_factory=list)

    @classmethod
    def on(cls, fixtures: Fixtures, url: str) -> "Importer":
        """Create a bucket and a queue on an engine."""
        s3: Any = service_client("s3", url)
        sqs: Any = service_client("sqs", url)
        s3.create_bucket(Bucket=BUCKET)
        queue = sqs.create_queue(QueueName=QUEUE, Attributes={"VisibilityTimeout": "0"})
        return cls(fixtures, s3, sqs, queue["QueueUrl"])

    def clear(self) -> None:
        """Remove all remaining files and messages."""
        for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
            self.s3.delete_object(Bucket=BUCKET, Key=each["Key"])
        self.s3.delete_bucket(Bucket=BUCKET)
        self.sqs.delete_queue(QueueUrl=self.queue_url)

    def ask(self, file_format: str = "csv", **facts: Any) -> ImportJob:
        """Create an import."""
        kind = IdentifierKind(facts.pop("kind", "email"))
        mapping = {
            column: Target(*target.split(".")) if target else None
            for column, target in facts.pop("mapping", {}).items()
        }
        draft = ImportDraft(
            file_format=FileFormat(file_format),
            identifier_kind=kind,
            identifier_column=facts.pop("column", "email"),
            mode=UpsertMode(facts.pop("mode", "strict")),
            mapping=mapping,
        )
        account_id = facts.pop("account_id", "acme")
        caller = Caller(account_id, "a-key", import_run_wiring.import_context().now(), **facts)
        job, _ = create_import(import_wiring.imports(), import_wiring.import_files(), caller, draft)
        return job

    def upload(
        self,
        job: ImportJob,
        content: bytes | str,
        account_id: str = "acme",
        size: int | None = None,
    ) -> dict[str, Any]:
        """Upload the file of an import as a client does, and return the message of S3."""
        data = content.encode() if isinstance(content, str) else content
        files = import_wiring.import_files()
        address = files.upload_url(account_id, job.import_id, LONG_AGO, size).url
        with urllib.request.urlopen(
            urllib.request.Request(address, data=data, method="PUT")
        ) as answer:
            etag = answer.headers["etag"].strip('"')
        return file_came(upload_key(account_id, job.import_id), len(data), etag)

    def next_message(self) -> Any:
        """Remove the next message of the queue and return its body. None if there is none."""
        answer = self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=1)
        for message in answer.get("Messages", ()):
            self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
            return json.loads(message["Body"])
        return None

    def run(self, body: Any, context: Context | None = None) -> bool:
        """Invoke the function with a message. Return whether it was processed."""
        return failures(FUNCTION, record(body), context=context or Context(120_000)) == []

    def run_to_end(self, body: Any, context: Context | None = None, most: int = 100) -> None:
        """Invoke the function with a message, and with every message that it sends."""
        while body is not None:
            assert most > 0, "it does not end"
            most -= 1
            assert self.run(body, context)
            body = self.next_message()

    def done(self, content: bytes | str, file_format: str = "csv", **facts: Any) -> ImportJob:
        """Import a file to its end, and return the import."""
        job = self.ask(file_format, **facts)
        self.run_to_end(self.upload(job, content))
        return self.job(job)

    def job(self, job: ImportJob) -> ImportJob:
        """Return an import as stored."""
        return import_wiring.imports().find("acme", job.import_id)

    def cancel(self, job: ImportJob) -> None:
        """Cancel an import."""
        caller = Caller("acme", "a-key", import_run_wiring.import_context().now())
        cancel_import(import_wiring.imports(), import_wiring.import_queue(), caller, job.import_id)

    def expire(self, job: ImportJob) -> None:
        """Let the entry of an import in the backlog expire."""
        imports = import_wiring.imports()
        backlog = imports.backlog("acme")
        new = [
            replace(each, expires_at=LONG_AGO) if each.import_id == job.import_id else each
            for each in backlog.imports
        ]
        imports.replace_backlog("acme", BacklogChange(backlog, new))

    def errors(self, job: ImportJob) -> str:
        """Download the file of row errors."""
        address = import_wiring.import_files().errors_url("acme", job.import_id, LONG_AGO).url
        with urllib.request.urlopen(address) as answer:
            return answer.read().decode()


def file_came(key: str, size: int, etag: str) -> dict[str, Any]:
    """Build the message of S3 about a new file."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": "us-east-1",
                "eventTime": "2026-11-22T05:00:00.000Z",
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "s3SchemaVersion": "1.0",
                    "bucket": {"name": BUCKET, "arn": f"arn:aws:s3:::{BUCKET}"},
                    "object": {"key": key, "size": size, "eTag": etag, "sequencer": "0A1B2C"},
                },
            }
        ]
    }
