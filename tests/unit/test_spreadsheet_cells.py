"""Cells of error files stay text in a spreadsheet, whichever separator it splits lines at."""

import csv
import io

import pytest

from shared.validation.files.spreadsheet_cells import escape_formulas

STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
CELLS = (
    "=1+1",
    "a;=1+1",
    'a;"=1+1"',
    'a;""=1+1',
    "a; =1+1",
    "a;\t=1+1",
    "a\t=1+1",
    "a\n@SUM(1)",
    "a;\uff1d1+1",
    ";;;-1",
    "=1;+1;@1",
)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_after_any_separator(cell: str, separator: str):
    text = io.StringIO()
    csv.writer(text).writerow(["x", escape_formulas(cell), "y"])
    read = csv.reader(io.StringIO(text.getvalue()), delimiter=separator)
    for found in (each.strip(' "') for row in read for each in row):
        assert not found.startswith(STARTS), found


@pytest.mark.parametrize("cell", ["", "plain", "a;b", "1-2", "a; b=c", "jo@example.com", "-"[1:]])
def test_other_cells_are_as_they_were(cell: str):
    assert escape_formulas(cell) == cell
