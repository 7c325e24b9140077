"""Splitting of files into records.

Memory is bounded even if a file is malformed.

A CSV record ends at a line end outside of quoted fields, by the rules of Python's csv module. The
bytes are split, not the text, so that the position of each record in the file is known.
"""

from collections.abc import Callable, Iterator

from shared.domain.records import dataclass

MAX_FILE_BYTES = 2_000_000_000
MAX_RECORD_BYTES = 2_000_000
"""The longest record. It has room for one value of maximal size."""

_LINE = b"\n"
_QUOTE = b'"'


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a file.

    Attributes:
        end: The position after the record.
        content: The bytes of the record. None if it is longer than `MAX_RECORD_BYTES`.
    """

    end: int
    content: bytes | None


FindEnd = Callable[[bytes, int], int | None]
"""Returns the position after the record that starts at a position, or None if it does not end."""


def line_end(buffer: bytes, start: int) -> int | None:
    """Return the position after a line, or None if it does not end in the buffer."""
    at = buffer.find(_LINE, start)
    return None if at < 0 else at + 1


def csv_record_end(delimiter: str, most_cells: int) -> FindEnd:
    """Create a function that finds the end of a CSV record.

    For a record with more than `most_cells` cells it returns the end of the first line. This bounds
    the work if every row opens a quote that the next row closes.
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
    """Iterate over the records of a file.

    A quote that is never closed, or is closed in another record, would join many records. If
    several lines are no whole record or do not end, only the first of them is returned.

    Args:
        read: Returns the next bytes from a position in the file.
        offset: The position to start from.
        size: The size of the file.
        find_end: Finds the end of a record.
        is_whole: Returns whether the content of several lines is one valid record.
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
            # The content of an overlong line is dropped to bound memory.
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
    """Return the end of the last record. Its line may lack a line end."""
    if find_end(buffer + _LINE, 0) is not None:
        return len(buffer)
    return line_end(buffer, 0) or len(buffer)


def _after_quotes(buffer: bytes, start: int) -> int | None:
    """Return the position after a quoted field, or None if it does not end.

    Returns `start` if the field is not quoted.
    """
    if buffer[start : start + 1] != _QUOTE:
        return start
    at = start + 1
    while True:
        at = buffer.find(_QUOTE, at) + 1
        # A quote at the end of the buffer may be the first half of an escaped quote.
        if at in (0, len(buffer)):
            return None
        if buffer[at : at + 1] != _QUOTE:
            return at
        at += 1
