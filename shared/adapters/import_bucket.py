"""Store the files of imports on S3: uploads and reports of row errors.

Source: Amazon S3 User Guide, "Error responses" and "Amazon S3 multipart upload limits".
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from shared.domain.errors import Unavailable
from shared.domain.imports import FileGone, PresignedUrl, RunMessage, SourceFile

UPLOADS = "uploads/"
"""The prefix of the keys of uploads, which the bucket notification filters by."""

_ADDRESS_SECONDS = 3600

_ERRORS = "errors/"
_GONE_CODES = frozenset({"NoSuchKey", "PreconditionFailed", "404"})
"""Error codes of a missing or replaced file; HEAD responses have no body and give `404`."""

_PART_BYTES = 8_000_000
"""The least bytes of a part of a multipart upload; S3 requires 5 MiB, except for the last."""

_FIRST_SERVER_ERROR = 500


class ImportBucket:
    """Implements the port `ImportFiles` over an S3 bucket."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def upload_url(
        self, account_id: str, import_id: str, at: datetime, size: int | None = None
    ) -> PresignedUrl:
        """Presign a URL that uploads the file by PUT until an hour after `at`."""
        # The length is a signed header, so S3 rejects a request with a different one.
        length = {} if size is None else {"ContentLength": size}
        return self._address("put_object", at, Key=upload_key(account_id, import_id), **length)

    def errors_url(self, account_id: str, import_id: str, at: datetime) -> PresignedUrl:
        """Presign a URL that downloads the report of row errors until an hour after `at`."""
        disposition = f'attachment; filename="{import_id}-errors.csv"'
        key = f"{_errors_folder(account_id, import_id)}errors.csv"
        return self._address("get_object", at, Key=key, ResponseContentDisposition=disposition)

    def find(self, message: RunMessage) -> SourceFile | None:
        """Find the latest upload, or None if there is none; raises Unavailable."""
        key = upload_key(message.account_id, message.import_id)
        try:
            with _translate_errors():
                found = self._client.head_object(Bucket=self._name, Key=key)
        except FileGone:
            return None
        return SourceFile(found["ContentLength"], found["ETag"].strip('"'))

    def read(self, message: RunMessage, file: SourceFile, offset: int, size: int) -> bytes:
        """Read at most `size` bytes of the file from an offset.

        Raises:
            FileGone: The file was removed or replaced.
            Unavailable: The file could not be read.

        """
        last = min(offset + size, file.size) - 1
        with _translate_errors():
            response = self._client.get_object(
                Bucket=self._name,
                Key=upload_key(message.account_id, message.import_id),
                Range=f"bytes={offset}-{last}",
                IfMatch=f'"{file.etag}"',
            )
            content: bytes = response["Body"].read()
        return content

    def put_errors(self, message: RunMessage, part: int, content: bytes) -> None:
        """Store a part of the row errors; replaces an earlier part of that number."""
        self._put(_part_key(message, part), content)

    def compact_errors(self, message: RunMessage, number: int, parts: range) -> None:
        """Join parts in one compacted file; replaces an earlier one of that number."""
        self._join(
            _compacted_key(message, number), b"", [_part_key(message, part) for part in parts]
        )

    def join_errors(self, message: RunMessage, header: bytes, compacted: int, parts: range) -> None:
        """Write the report: a header, the first `compacted` files, and the remaining parts."""
        key = f"{_errors_folder(message.account_id, message.import_id)}errors.csv"
        files = [_compacted_key(message, number) for number in range(1, compacted + 1)]
        self._join(key, header, [*files, *(_part_key(message, part) for part in parts)])

    def _join(self, key: str, header: bytes, joined: Iterable[str]) -> None:
        pieces = _pieces(header, (self._get(each) for each in joined))
        first = next(pieces)
        second = next(pieces, None)
        if second is None:
            self._put(key, first)
            return
        self._put_multipart(key, (first, second), pieces)

    def _put_multipart(self, key: str, leading: tuple[bytes, ...], rest: Iterator[bytes]) -> None:
        target: Any = {"Bucket": self._name, "Key": key}
        with _translate_errors():
            upload = self._client.create_multipart_upload(**target, ContentType="text/csv")
        target["UploadId"] = upload["UploadId"]
        uploaded: list[Any] = []
        for pieces in (leading, rest):
            for piece in pieces:
                number = len(uploaded) + 1
                with _translate_errors():
                    response = self._client.upload_part(**target, PartNumber=number, Body=piece)
                uploaded.append({"PartNumber": number, "ETag": response["ETag"]})
        with _translate_errors():
            self._client.complete_multipart_upload(**target, MultipartUpload={"Parts": uploaded})

    def _get(self, key: str) -> bytes:
        with _translate_errors():
            content: bytes = self._client.get_object(Bucket=self._name, Key=key)["Body"].read()
        return content

    def _put(self, key: str, content: bytes) -> None:
        with _translate_errors():
            self._client.put_object(
                Bucket=self._name, Key=key, Body=content, ContentType="text/csv; charset=utf-8"
            )

    def _address(self, operation: str, at: datetime, **params: str | int) -> PresignedUrl:
        url: str = self._client.generate_presigned_url(
            operation, Params={"Bucket": self._name, **params}, ExpiresIn=_ADDRESS_SECONDS
        )
        return PresignedUrl(url, at + timedelta(seconds=_ADDRESS_SECONDS))


def upload_key(account_id: str, import_id: str) -> str:
    """Return the key of the upload of an import."""
    return f"{UPLOADS}{quote(account_id, safe='')}/{quote(import_id, safe='')}"


def _errors_folder(account_id: str, import_id: str) -> str:
    return f"{_ERRORS}{quote(account_id, safe='')}/{quote(import_id, safe='')}/"


def _part_key(message: RunMessage, part: int) -> str:
    return f"{_errors_folder(message.account_id, message.import_id)}part-{part:08d}.csv"


def _compacted_key(message: RunMessage, number: int) -> str:
    return f"{_errors_folder(message.account_id, message.import_id)}fold-{number:08d}.csv"


def _pieces(header: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    piece, is_first = header, True
    for part in parts:
        piece += part
        if len(piece) >= _PART_BYTES:
            yield piece
            piece, is_first = b"", False
    # An upload needs at least one piece, and no empty one at its end.
    if piece or is_first:
        yield piece


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Translate errors of S3 to FileGone or Unavailable; other client errors stay."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE_CODES:
            raise FileGone from error
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR:
            raise Unavailable from error
        raise
    except BotoCoreError as error:
        raise Unavailable from error
