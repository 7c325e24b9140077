"""Parse the file of an import: its CSV header, and its records in chunks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import NamedTuple

from shared.domain.imports import FailureReason, FileFormat, Progress, RowError
from shared.domain.json_values import JsonValue
from shared.domain.records import dataclass
from shared.services.imports.columns import InvalidFile
from shared.services.imports.rows import Row
from shared.validation.files.records import (
    MAX_RECORD_BYTES,
    FindEnd,
    Record,
    csv_record_end,
    line_end,
    split_records,
)
from shared.validation.files.rows import (
    MAX_COLUMNS,
    MalformedRow,
    detect_delimiter,
    has_cells,
    header_start,
    parse_cells,
    parse_object,
    to_row,
    without_bom,
)

CHUNK_BYTES = 4_000_000
"""A chunk ends after the record that reaches this size."""


class Header(NamedTuple):
    """The header of a CSV file; `end` is the offset after it, `line` its line number."""

    end: int
    line: int
    delimiter: str
    names: list[str]


@dataclass(slots=True)
class Chunk:
    """Consecutive records that are written together.

    Attributes:
        end: The offset after the last record.
        records: The number of records, empty ones included.
        rows: The valid rows.
        errors: The errors of malformed rows.

    """

    end: int
    records: int = 0
    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def count(self) -> int:
        """The number of rows, without empty records."""
        return len(self.rows) + len(self.errors)


def read_header(read: Callable[[int], bytes], file_size: int) -> Header:
    """Read the header of a CSV file.

    `read` returns a block of the file from an offset.

    Raises:
        InvalidFile: The header is malformed.

    """
    start = read(0)
    offset = header_start(start)
    delimiter = detect_delimiter(start[offset:])
    find_end = csv_record_end(delimiter, MAX_COLUMNS)
    records = split_records(read, offset, file_size, find_end, _accept_any)
    record = next(records, Record(offset, b""))
    try:
        names = [cell.strip() for cell in parse_cells(_without_bom(record.content), delimiter)]
    except MalformedRow as error:
        raise InvalidFile(FailureReason.MALFORMED_HEADER, str(error)) from None
    line = start.count(b"\n", 0, offset) + 1
    return Header(record.end, line, delimiter, names)


def read_chunks(
    read: Callable[[int], bytes],
    file_size: int,
    file_format: FileFormat,
    progress: Progress,
    max_rows: int,
) -> Iterator[Chunk]:
    """Read the records of a file in chunks, from the offset of `progress` on.

    `read` returns a block of the file from an offset. `progress` also has the delimiter and the
    columns of a CSV file. A chunk has at most `max_rows` rows.

    Yields:
        Chunks of at least one record.

    """
    chunk, start = Chunk(progress.offset), progress.offset
    number = progress.records
    for record in _records(read, file_size, file_format, progress):
        number += 1
        _add(chunk, record, number, file_format, progress)
        if chunk.count >= max_rows or chunk.end - start >= CHUNK_BYTES:
            yield chunk
            chunk, start = Chunk(chunk.end), chunk.end
    if chunk.records:
        yield chunk


def _records(
    read: Callable[[int], bytes], file_size: int, file_format: FileFormat, progress: Progress
) -> Iterator[Record]:
    find_end: FindEnd = line_end
    is_whole: Callable[[bytes], bool] = _accept_any
    if file_format is FileFormat.CSV:
        delimiter, count = progress.delimiter, len(progress.columns)
        find_end = csv_record_end(delimiter, count)
        is_whole = partial(has_cells, delimiter=delimiter, count=count)
    return split_records(read, progress.offset, file_size, find_end, is_whole)


def _add(
    chunk: Chunk, record: Record, number: int, file_format: FileFormat, progress: Progress
) -> None:
    chunk.end = record.end
    chunk.records += 1
    try:
        content = _without_bom(record.content) if number == 1 else record.content
        given = _parse(content, file_format, progress)
    except MalformedRow as error:
        chunk.errors.append(RowError(number, "", "malformed_row", str(error)))
        return
    if given is not None:
        chunk.rows.append(Row(number, given))


def _parse(
    content: bytes | None, file_format: FileFormat, progress: Progress
) -> Mapping[str, JsonValue] | None:
    """Return the values of a record by column, None for an empty one; raises MalformedRow."""
    if content is None:
        raise MalformedRow(f"it has more than {MAX_RECORD_BYTES:,} bytes")
    if not content.strip():
        return None
    if file_format is FileFormat.NDJSON:
        return parse_object(content)
    cells = parse_cells(content, progress.delimiter)
    if not any(cell.strip() for cell in cells):
        return None
    return to_row([column for column, _ in progress.columns], cells)


def _accept_any(_: bytes) -> bool:
    return True


def _without_bom(content: bytes | None) -> bytes:
    if content is None:
        raise MalformedRow(f"it has more than {MAX_RECORD_BYTES:,} bytes")
    return without_bom(content)
