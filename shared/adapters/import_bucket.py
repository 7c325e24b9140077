"""The files of imports in a bucket of S3: what is uploaded, and what was wrong with it.

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
"""What the keys of all uploaded files start with; whoever listens for new ones knows it, too."""

_ADDRESS_SECONDS = 3600

_ERRORS = "errors/"
_GONE = frozenset({"NoSuchKey", "PreconditionFailed", "404"})
"""The last one is that of an answer without a body, which has no other code."""

_PART_BYTES = 8_000_000
"""A part of an upload has at least 5 MiB, but for the last."""

_FIRST_SERVER_ERROR = 500


class ImportBucket:
    """The adapter of the port `ImportFiles`."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def upload_url(
        self, account_id: str, import_id: str, at: datetime, size: int | None = None
    ) -> PresignedUrl:
        """An address that takes the file for a while from now on, by PUT; of that size only."""
        # The length is among the signed headers, so that S3 refuses a request with another one.
        length = {} if size is None else {"ContentLength": size}
        return self._address("put_object", at, Key=upload_key(account_id, import_id), **length)

    def errors_url(self, account_id: str, import_id: str, at: datetime) -> PresignedUrl:
        """An address that gives the file of row errors for a while from now on."""
        saved_as = f'attachment; filename="{import_id}-errors.csv"'
        key = f"{_errors_folder(account_id, import_id)}errors.csv"
        return self._address("get_object", at, Key=key, ResponseContentDisposition=saved_as)

    def find(self, ticket: RunMessage) -> SourceFile | None:
        """The file that has come last, None if it was removed; Unavailable."""
        key = upload_key(ticket.account_id, ticket.import_id)
        try:
            with _translated():
                found = self._client.head_object(Bucket=self._name, Key=key)
        except FileGone:
            return None
        return SourceFile(found["ContentLength"], found["ETag"].strip('"'))

    def read(self, ticket: RunMessage, file: SourceFile, offset: int, size: int) -> bytes:
        """So many bytes of the file from there on, fewer at its end; FileGone, Unavailable."""
        last = min(offset + size, file.size) - 1
        with _translated():
            answer = self._client.get_object(
                Bucket=self._name,
                Key=upload_key(ticket.account_id, ticket.import_id),
                Range=f"bytes={offset}-{last}",
                IfMatch=f'"{file.etag}"',
            )
            content: bytes = answer["Body"].read()
        return content

    def put_errors(self, ticket: RunMessage, part: int, content: bytes) -> None:
        """Store a part of the row errors, over one of that number."""
        self._put(_part_key(ticket, part), content)

    def compact_errors(self, ticket: RunMessage, fold: int, parts: range) -> None:
        """Put parts together in one file, over one of that number."""
        self._join(_compacted_key(ticket, fold), b"", [_part_key(ticket, part) for part in parts])

    def join_errors(self, ticket: RunMessage, header: bytes, folds: int, parts: range) -> None:
        """Make one file of a header, as many folds, and the parts behind them."""
        key = f"{_errors_folder(ticket.account_id, ticket.import_id)}errors.csv"
        folded = [_compacted_key(ticket, fold) for fold in range(1, folds + 1)]
        self._join(key, header, [*folded, *(_part_key(ticket, part) for part in parts)])

    def _join(self, key: str, header: bytes, joined: Iterable[str]) -> None:
        pieces = _pieces(header, (self._get(each) for each in joined))
        first = next(pieces)
        second = next(pieces, None)
        if second is None:
            self._put(key, first)
            return
        self._put_in_pieces(key, (first, second), pieces)

    def _put_in_pieces(self, key: str, begun: tuple[bytes, ...], rest: Iterator[bytes]) -> None:
        place: Any = {"Bucket": self._name, "Key": key}
        with _translated():
            upload = self._client.create_multipart_upload(**place, ContentType="text/csv")
        place["UploadId"] = upload["UploadId"]
        made: list[Any] = []
        for pieces in (begun, rest):
            for piece in pieces:
                number = len(made) + 1
                with _translated():
                    answer = self._client.upload_part(**place, PartNumber=number, Body=piece)
                made.append({"PartNumber": number, "ETag": answer["ETag"]})
        with _translated():
            self._client.complete_multipart_upload(**place, MultipartUpload={"Parts": made})

    def _get(self, key: str) -> bytes:
        with _translated():
            content: bytes = self._client.get_object(Bucket=self._name, Key=key)["Body"].read()
        return content

    def _put(self, key: str, content: bytes) -> None:
        with _translated():
            self._client.put_object(
                Bucket=self._name, Key=key, Body=content, ContentType="text/csv; charset=utf-8"
            )

    def _address(self, operation: str, at: datetime, **place: str | int) -> PresignedUrl:
        url: str = self._client.generate_presigned_url(
            operation, Params={"Bucket": self._name, **place}, ExpiresIn=_ADDRESS_SECONDS
        )
        return PresignedUrl(url, at + timedelta(seconds=_ADDRESS_SECONDS))


def upload_key(account_id: str, import_id: str) -> str:
    """The key of the file of an import."""
    return f"{UPLOADS}{quote(account_id, safe='')}/{quote(import_id, safe='')}"


def _errors_folder(account_id: str, import_id: str) -> str:
    return f"{_ERRORS}{quote(account_id, safe='')}/{quote(import_id, safe='')}/"


def _part_key(ticket: RunMessage, part: int) -> str:
    return f"{_errors_folder(ticket.account_id, ticket.import_id)}part-{part:08d}.csv"


def _compacted_key(ticket: RunMessage, fold: int) -> str:
    return f"{_errors_folder(ticket.account_id, ticket.import_id)}fold-{fold:08d}.csv"


def _pieces(header: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    piece = header
    for part in parts:
        piece += part
        if len(piece) >= _PART_BYTES:
            yield piece
            piece = b""
    # A file has one piece at least, and no empty one after it.
    if piece or not header:
        yield piece


@contextmanager
def _translated() -> Iterator[None]:
    """Raise FileGone or Unavailable for what a call to S3 raises; what is our fault passes."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise FileGone from error
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR:
            raise Unavailable from error
        raise
    except BotoCoreError as error:
        raise Unavailable from error
