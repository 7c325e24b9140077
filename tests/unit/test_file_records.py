"""Split files into records, for any content and any block boundaries."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.validation.files import records as file_records
from shared.validation.files.records import csv_record_end, line_end, split_records
from shared.validation.files.rows import MalformedRow, has_cells, parse_cells

PIECES = ["a", "b", " ", ",", ";", "\n", "\r\n", '"', "é", "\U0001f600"]
CELLS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def records(content: bytes, block: int, columns: int = 3, offset: int = 0) -> list[bytes | None]:
    found = split_records(
        lambda at: content[at : at + block],
        offset,
        len(content),
        csv_record_end(",", columns),
        lambda each: has_cells(each, ",", columns),
    )
    return [each.content for each in found]


def written(rows: list[list[str]], ending: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=ending).writerows(rows)
    return text.getvalue().encode()


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    st.integers(1, 40),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_csv_writes_is_read_record_by_record(rows: list[list[str]], block: int, ending: str):
    content = written(rows, ending)
    assert [parse_cells(each, ",") for each in records(content, block)] == rows
    assert b"".join(records(content, block)) == content
    assert b"".join(records(content.removesuffix(ending.encode()), block)) in content


@given(st.binary(max_size=60), st.integers(1, 10), st.data())
def test_any_bytes_are_cut_without_loss_wherever_it_goes_on(content: bytes, block: int, data):
    found = records(content, block)
    assert b"".join(found) == content
    cut = data.draw(st.integers(0, len(found)))
    offset = len(b"".join(found[:cut]))
    assert records(content, block, offset=offset) == found[cut:]


@pytest.mark.parametrize(
    "bad",
    [b'x,"open,1\n', b'"open\n', b'x,"half" quoted,1\n', b'"a","b\n'],
    ids=["open", "first", "half", "last"],
)
@pytest.mark.parametrize("block", [1, 7, 1000])
def test_a_row_that_opens_quotes_takes_no_other_with_it(bad: bytes, block: int):
    good = [b"a,b,1\n", b'"c, d",e,2\n', b'f,"g\nh",3\n', b"i,j,4\n"]
    content = b"".join([good[0], bad, *good[1:]])
    assert records(content, block) == [good[0], bad, *good[1:]]


@pytest.mark.parametrize("line", [b'a","b","1\n', b'"a","b\n'])
def test_rows_that_all_open_quotes_cost_no_more_than_their_own_lines(line: bytes):
    """Otherwise each would be scanned up to the longest record."""
    content = line * 1000
    places: list[int] = []

    def read(at: int) -> bytes:
        places.append(at)
        return content[at : at + 100]

    found = split_records(
        read, 0, len(content), csv_record_end(",", 2), lambda each: has_cells(each, ",", 2)
    )
    assert [next(found).content for _ in range(3)] == [line] * 3
    assert len(places) == 1


def test_a_record_that_is_too_long_is_told_and_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(file_records, "MAX_RECORD_BYTES", 20)
    long = b"x" * 75
    content = b"a,b,1\n" + long + b"\nc,d,2\n"
    assert records(content, 8) == [b"a,b,1\n", None, b"c,d,2\n"]
    assert records(b"a,b,1\n" + long, 8) == [b"a,b,1\n", None]


def test_lines_are_records_of_ndjson():
    content = b'{"a": "\\n"}\n\n{"b": 1}'
    found = split_records(
        lambda at: content[at : at + 3], 0, len(content), line_end, lambda _: True
    )
    assert [each.content for each in found] == [b'{"a": "\\n"}\n', b"\n", b'{"b": 1}']


@pytest.mark.parametrize("content", [b"\xff,b,1\n", b'"a"b,c,1\n', b"a\rb,c,1\n"])
def test_what_is_no_csv_is_refused(content: bytes):
    with pytest.raises(MalformedRow):
        parse_cells(content, ",")
