"""Reports of row errors in a bucket of the engine, in one request or in parts, and failures."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from shared.adapters import import_bucket
from shared.adapters.import_bucket import ImportBucket
from shared.domain.errors import Unavailable
from shared.domain.imports import FileGone, RunMessage
from tests.aws_calls import around_calls
from tests.aws_resources import EVERYTHING, Resources, service_client

MESSAGE = RunMessage("acme", "imp_1", 1)
PART_BYTES = 5
HEADER = b"line\n"
"""A header with the size of a part."""


@pytest.fixture
def bucket(
    resources: Resources, services_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ImportBucket]:
    monkeypatch.setattr(import_bucket, "_PART_BYTES", PART_BYTES)
    yield ImportBucket(service_client("s3", services_url), EVERYTHING)
    resources.clear()


@pytest.fixture
def calls(bucket: ImportBucket, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the names of the calls."""
    made: list[str] = []

    def note(name: str, call: Any) -> Any:
        made.append(name)
        return call()

    around_calls(monkeypatch, note)
    return made


def report(bucket: ImportBucket) -> bytes:
    key = "errors/acme/imp_1/errors.csv"
    content: bytes = bucket._client.get_object(Bucket=EVERYTHING, Key=key)["Body"].read()
    return content


@pytest.mark.parametrize(
    ("header", "parts", "uploads"),
    [
        (b"", [b"1\n"], 0),
        (b"", [], 0),
        (HEADER, [], 0),
        # Parts that fill an upload part leave no empty one.
        (b"", [b"1111\n"], 0),
        (b"", [b"1111\n", b"2222\n"], 2),
        (HEADER, [b"1\n", b"2\n", b"3333\n"], 2),
        (HEADER, [b"1111\n", b"2222\n", b"3\n"], 3),
    ],
)
def test_a_report_has_its_header_and_all_parts(
    header: bytes, parts: list[bytes], uploads: int, bucket: ImportBucket, calls: list[str]
):
    for number, part in enumerate(parts):
        bucket.put_errors(MESSAGE, number, part)
    calls.clear()
    bucket.join_errors(MESSAGE, header, 0, range(len(parts)))
    assert calls.count("UploadPart") == uploads
    assert calls.count("PutObject") == (not uploads)
    assert report(bucket) == header + b"".join(parts)


def failure(code: str, status: int) -> ClientError:
    metadata: Any = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "Any")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (failure("NoSuchKey", 404), FileGone),
        (failure("SlowDown", 503), Unavailable),
        (failure("InternalError", 500), Unavailable),
        (EndpointConnectionError(endpoint_url="https://s3.example.com"), Unavailable),
        # A wrong policy is not temporary.
        (failure("AccessDenied", 403), ClientError),
    ],
)
@pytest.mark.parametrize(
    "operation",
    ["PutObject", "GetObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"],
)
def test_a_report_whose_request_fails_is_not_written(
    operation: str,
    error: Exception,
    expected: type[Exception],
    bucket: ImportBucket,
    monkeypatch: pytest.MonkeyPatch,
):
    def fail(name: str, call: Any) -> Any:
        if name == operation:
            raise error
        return call()

    parts = 1 if operation == "PutObject" else 2
    for number in range(parts):
        bucket.put_errors(MESSAGE, number, b"1111\n")
    before = files(bucket)
    with monkeypatch.context() as failing:
        around_calls(failing, fail)
        with pytest.raises(expected):
            bucket.join_errors(MESSAGE, b"", 0, range(parts))
    assert files(bucket) == before
    bucket.join_errors(MESSAGE, b"", 0, range(parts))
    assert report(bucket) == b"1111\n" * parts


def files(bucket: ImportBucket) -> list[str]:
    found = bucket._client.list_objects_v2(Bucket=EVERYTHING).get("Contents", ())
    return [each["Key"] for each in found]
