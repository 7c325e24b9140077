"""Protection against formulas in the cells of CSV files.

A cell that starts like a formula gets a leading quote, which spreadsheets do not show. So does a
part of a cell after a delimiter, because spreadsheets split lines at semicolons in many countries.

Source: OWASP, "CSV Injection".
"""

import re

_STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""The characters a formula can start with.

The last four are full-width forms of the first.
"""

_QUOTE = "'"

_PART = re.compile(rf"([;\t\r\n][ \"]*)(?=[{re.escape(''.join(_STARTS))}])")
"""A delimiter within a cell that is followed by the start of a formula."""


def escape_formulas(cell: str) -> str:
    """Return a cell that spreadsheets read as text."""
    inner = _PART.sub(rf"\1{_QUOTE}", cell)
    return _QUOTE + inner if inner.startswith(_STARTS) else inner


def unescape_formula(cell: str) -> str:
    """Remove the leading quote that `escape_formulas` added to a cell, if any."""
    inner = cell.removeprefix(_QUOTE)
    return inner if inner.startswith(_STARTS) else cell
