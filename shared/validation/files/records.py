"""Files cut into records, however long and however broken, with no more than a few in memory.

A record of CSV ends at the end of a line that is in no quoted field, by the rules of Python's csv
module; its bytes are looked at and not its text, so that each record has its place in the file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_FILE_BYTES = 2_000_000_000
MAX_RECORD_BYTES = 2_000_000
"""The longest record: a value as large as may be, and what is around it."""

_LINE = b"\n"
_QUOTE = b'"'


@dataclass(frozen=True, slots=True)
class Record:
    """A record, and the place after it; without content it is longer than may be."""

    end: int
    content: bytes | None


FindEnd = Callable[[bytes, int], int | None]
"""The place after the record that begins there, or None where it does not end in these bytes."""


def line_end(buffer: bytes, start: int) -> int | None:
    """The end of a record that is a line."""
    at = buffer.find(_LINE, start)
    return None if at < 0 else at + 1


def csv_record_end(delimiter: str, most_cells: int) -> FindEnd:
    """What finds the end of a record of CSV; of one with more cells, the end of its first line.

    So rows that all open quotes, and close them in the next, cost no look through all others.
    """
    comma = delimiter.encode()

    def find(buffer: bytes, start: int) -> int | None:
        at = start
        for _ in range(most_cells):
            after = _after_quotes(buffer, at)
            if after is None:
                return None
            end = line_end(buffer, after)
            following = buffer.find(comma, after, len(buffer) if end is None else end)
            if following < 0:
                return end
            at = following + 1
        return line_end(buffer, start)

    return find


def split_records(
    read: Callable[[int], bytes],
    offset: int,
    size: int,
    find_end: FindEnd,
    is_whole: Callable[[bytes], bool],
) -> Iterator[Record]:
    """The records of a file of that size from an offset on; `read` gives bytes from an offset.

    Quotes that are never closed, or closed in another record, would take other records with them:
    where several lines are no whole record, or do not end, the first of them is taken alone.
    """
    buffer, start, is_overlong = b"", 0, False
    while offset < size:
        end = (line_end if is_overlong else find_end)(buffer, start)
        if end is None:
            buffer, start = buffer[start:], 0
            following = offset + len(buffer)
            if following < size and len(buffer) <= MAX_RECORD_BYTES:
                buffer += read(following)
                continue
            end = line_end(buffer, 0) if following < size else _end_of_rest(buffer, find_end)
        if end is None:
            # Of a line without an end no more is kept than that it is there.
            offset, buffer, is_overlong = offset + len(buffer), b"", True
            continue
        if not is_overlong and not _is_line(buffer, start, end) and not is_whole(buffer[start:end]):
            end = line_end(buffer, start) or end
        offset += end - start
        is_overlong = is_overlong or end - start > MAX_RECORD_BYTES
        yield Record(offset, None if is_overlong else buffer[start:end])
        start, is_overlong = end, False


def _is_line(buffer: bytes, start: int, end: int) -> bool:
    return line_end(buffer, start) in (None, end)


def _end_of_rest(buffer: bytes, find_end: FindEnd) -> int:
    """The end of the last record, whose line need not be ended."""
    if find_end(buffer + _LINE, 0) is not None:
        return len(buffer)
    return line_end(buffer, 0) or len(buffer)


def _after_quotes(buffer: bytes, start: int) -> int | None:
    """The place after the quotes that a field begins with, if it does; None if they stay open."""
    if buffer[start : start + 1] != _QUOTE:
        return start
    at = start + 1
    while True:
        at = buffer.find(_QUOTE, at) + 1
        # What a quote at the end of the buffer is, the next byte tells.
        if at in (0, len(buffer)):
            return None
        if buffer[at : at + 1] != _QUOTE:
            return at
        at += 1
