"""The rows of a file: cells of CSV under a header, or a JSON object on each line."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence

from shared.domain.errors import MalformedBody
from shared.domain.imports import Target
from shared.domain.variables import JsonValue
from shared.validation.files.records import MAX_RECORD_BYTES
from shared.validation.json_text import json_object

DELIMITERS = (",", ";", "\t")
"""What may stand between cells: as spreadsheets write them in countries with a decimal comma, too.
"""

MAX_COLUMNS = 500
MAX_COLUMN_CHARS = 200
MAX_COLUMNS_BYTES = 60_000
"""Of all columns and where they go: an import keeps them, and a mapping, in one item."""

_BOM = b"\xef\xbb\xbf"
_NO_TEXT = b",;\t \r\n"
_QUOTED = re.compile(rb'(?<![^,;\t\r\n"])"[^"]*"')

# A cell may be as long as a record; the module's own limit is far below a value's.
csv.field_size_limit(MAX_RECORD_BYTES)


class MalformedRow(Exception):
    """A row cannot be read; the message is the reason."""


def bytes_of(columns: Iterable[tuple[str, Target | None]]) -> int:
    """How much columns and where they go are to keep."""
    return sum(len(f"{column}{target}".encode()) for column, target in columns)


def without_bom(content: bytes) -> bytes:
    """The start of a file without the mark that some programs put there."""
    return content.removeprefix(_BOM)


def header_start(start: bytes) -> int:
    """Where the header of a file is: after a mark, and after lines without any text."""
    marked = without_bom(start)
    text = len(start) - len(marked.lstrip(_NO_TEXT))
    return max(start.rfind(b"\n", 0, text) + 1, len(start) - len(marked))


def delimiter_of(header: bytes) -> str:
    """What stands between the cells of a header: whatever is there most often, but for quotes."""
    line = _QUOTED.sub(b"", header).partition(b"\n")[0]
    return max(DELIMITERS, key=lambda each: line.count(each.encode()))


def cells_of(content: bytes, delimiter: str) -> list[str]:
    """The cells of a record of CSV; raises MalformedRow."""
    try:
        rows = list(csv.reader([_text(content)], delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise MalformedRow(f"it is no CSV: {fault}") from None
    return rows[0] if rows else []


def has_cells(content: bytes, delimiter: str, count: int) -> bool:
    """Whether a record of CSV has as many cells."""
    try:
        return len(cells_of(content, delimiter)) == count
    except MalformedRow:
        return False


def row_under(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, JsonValue]:
    """The cells by their columns, without empty ones; raises MalformedRow."""
    if len(cells) != len(columns):
        raise MalformedRow(f"it has {len(cells)} cells, and the header {len(columns)}")
    given = zip(columns, cells, strict=True)
    return {column: cell for column, cell in given if column and cell.strip()}


def object_on(content: bytes) -> Mapping[str, JsonValue]:
    """The object on a line of NDJSON; raises MalformedRow."""
    try:
        found = json_object(content)
    except MalformedBody as fault:
        raise MalformedRow(f"it is no JSON object: {fault.reason}") from None
    if len(found) > MAX_COLUMNS:
        raise MalformedRow(f"it has more than {MAX_COLUMNS} members")
    if any(len(name) > MAX_COLUMN_CHARS for name in found):
        raise MalformedRow(f"it has a name of more than {MAX_COLUMN_CHARS} characters")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise MalformedRow("it is not UTF-8") from None
