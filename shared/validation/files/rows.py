"""Parsing of rows: CSV cells under a header, or a JSON object on each line."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence

from shared.domain.errors import MalformedBody
from shared.domain.imports import Target
from shared.domain.json_values import JsonValue
from shared.validation.files.records import MAX_RECORD_BYTES
from shared.validation.json_text import json_object

DELIMITERS = (",", ";", "\t")
"""The supported delimiters.

Spreadsheets write semicolons in countries with a decimal comma.
"""

MAX_COLUMNS = 500
MAX_COLUMN_CHARS = 200
MAX_COLUMNS_BYTES = 60_000
"""The size of all columns with their targets.

They are stored in one item with the import.
"""

_BOM = b"\xef\xbb\xbf"
_BLANK = b",;\t \r\n"
_QUOTED = re.compile(rb'(?<![^,;\t\r\n"])"[^"]*"')

# The default limit of the module is far below the size of a value.
csv.field_size_limit(MAX_RECORD_BYTES)


class MalformedRow(Exception):
    """A row cannot be parsed. The message is the reason."""


def columns_size(columns: Iterable[tuple[str, Target | None]]) -> int:
    """Return the size of columns with their targets, in bytes as stored."""
    return sum(len(f"{column}{target}".encode()) for column, target in columns)


def without_bom(content: bytes) -> bytes:
    """Remove the byte order mark from the start of a file."""
    return content.removeprefix(_BOM)


def header_start(start: bytes) -> int:
    """Return the position of the header, after a byte order mark and blank lines."""
    content = without_bom(start)
    text = len(start) - len(content.lstrip(_BLANK))
    return max(start.rfind(b"\n", 0, text) + 1, len(start) - len(content))


def detect_delimiter(header: bytes) -> str:
    """Return the most frequent delimiter of a header, outside of quotes."""
    line = _QUOTED.sub(b"", header).partition(b"\n")[0]
    return max(DELIMITERS, key=lambda each: line.count(each.encode()))


def parse_cells(content: bytes, delimiter: str) -> list[str]:
    """Parse the cells of a CSV record.

    Raises:
        MalformedRow: The record is not valid CSV in UTF-8.
    """
    try:
        rows = list(csv.reader([_decode(content)], delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise MalformedRow(f"it is no CSV: {fault}") from None
    return rows[0] if rows else []


def has_cells(content: bytes, delimiter: str, count: int) -> bool:
    """Return whether a CSV record is valid and has this number of cells."""
    try:
        return len(parse_cells(content, delimiter)) == count
    except MalformedRow:
        return False


def to_row(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, JsonValue]:
    """Return cells by column, without blank ones.

    Raises:
        MalformedRow: The number of cells differs from that of the columns.
    """
    if len(cells) != len(columns):
        raise MalformedRow(f"it has {len(cells)} cells, and the header {len(columns)}")
    given = zip(columns, cells, strict=True)
    return {column: cell for column, cell in given if column and cell.strip()}


def parse_object(content: bytes) -> Mapping[str, JsonValue]:
    """Parse the JSON object on a line of NDJSON.

    Raises:
        MalformedRow: The line is no JSON object, or the object has too many or too long names.
    """
    try:
        row = json_object(content)
    except MalformedBody as fault:
        raise MalformedRow(f"it is no JSON object: {fault.reason}") from None
    if len(row) > MAX_COLUMNS:
        raise MalformedRow(f"it has more than {MAX_COLUMNS} members")
    if any(len(name) > MAX_COLUMN_CHARS for name in row):
        raise MalformedRow(f"it has a name of more than {MAX_COLUMN_CHARS} characters")
    return row


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise MalformedRow("it is not UTF-8") from None
