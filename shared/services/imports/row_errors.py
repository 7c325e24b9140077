"""Describe why rows of an import failed, and write the descriptions as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from shared.domain.errors import (
    ContextError,
    ContextTooLarge,
    InvalidField,
    InvalidValue,
    MissingField,
    PermissionDenied,
    SeveralContacts,
    TooManyContacts,
    TooManyDefinitions,
    TooManyVariables,
    UndefinedVariable,
)
from shared.domain.imports import RowError
from shared.validation.files.spreadsheet_cells import escape_formulas

ERROR_COLUMNS = ("row", "column", "code", "message")

_CODES: Mapping[type[ContextError], tuple[str, str]] = {
    ContextTooLarge: ("context_too_large", "its values are too large to be stored together"),
    InvalidField: ("invalid_value", "{reason}"),
    InvalidValue: ("invalid_value", "it is no {variable_type}: {reason}"),
    MissingField: ("required", "it is required"),
    PermissionDenied: ("permission_denied", "the key lacks: {permission}"),
    TooManyDefinitions: ("limit_reached", "an account has at most {limit} variables"),
    TooManyContacts: ("limit_reached", "an account has at most {limit} contacts"),
    SeveralContacts: ("conflict", "several contacts have it"),
    TooManyVariables: ("too_many_variables", "there are at most {limit} variables"),
    UndefinedVariable: ("undefined_variable", "{reason}"),
}
"""The code and the message of each error that a row can cause."""

_MAX_MESSAGE_CHARS = 300
"""Some messages list all options of a variable, and every row of a file can have one."""


def row_error(record: int, error: ContextError, columns: Mapping[str, str]) -> RowError:
    """Return the description of an error.

    `columns` has the column of the row by field, variable or kind of identifier.
    """
    code, message = _CODES[type(error)]
    facts = vars(error)
    name = facts.get("field") or facts.get("name") or facts.get("kind") or ""
    return RowError(record, columns.get(name, name), code, _shorten(message.format_map(facts)))


def to_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV in UTF-8, with cells that spreadsheets do not run as formulas."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [escape_formulas(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue().encode(errors="replace")


def _shorten(message: str) -> str:
    if len(message) <= _MAX_MESSAGE_CHARS:
        return message
    return f"{message[: _MAX_MESSAGE_CHARS - 1]}…"
