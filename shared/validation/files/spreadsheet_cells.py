"""Cells of CSV files that a spreadsheet opens: none of them is to run as a formula.

Source: OWASP, "CSV Injection". A cell that starts with one of these characters gets a quote before
it, which spreadsheets do not show. So does a part of a cell behind a separator: in many countries a
spreadsheet splits lines at semicolons, not at commas.
"""

import re

_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a formula can start with; the last four are the full-width forms of the first four."""

_QUOTE = "'"

_PART = re.compile(rf"([;\t\r\n][ \"]*)(?=[{re.escape(''.join(_STARTS))}])")
"""The start of a part of a cell that would be a formula behind a separator."""


def neutralized(cell: str) -> str:
    """Return the cell in a form that a spreadsheet reads as text."""
    inner = _PART.sub(rf"\1{_QUOTE}", cell)
    return _QUOTE + inner if inner.startswith(_STARTS) else inner


def restored(cell: str) -> str:
    """Return the cell that was neutralized to this one; another cell is returned as it is."""
    inner = cell.removeprefix(_QUOTE)
    return inner if inner.startswith(_STARTS) else cell
