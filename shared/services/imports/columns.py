"""Map the columns of a file to contact fields, variables, or nothing."""

from collections.abc import Mapping, Sequence

from shared.domain.definitions import Definition
from shared.domain.errors import InvalidField, UndefinedVariable
from shared.domain.imports import Failure, FailureReason, ImportDraft, Part, Target
from shared.domain.upserts import UpsertMode
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.fields.matching import FieldIndex
from shared.validation.files.rows import (
    MAX_COLUMN_CHARS,
    MAX_COLUMNS,
    MAX_COLUMNS_BYTES,
    columns_size,
)
from shared.validation.files.spreadsheet_cells import unescape_formula
from shared.validation.names import is_variable_name, snake_case

_MAX_CACHED_COLUMNS = 10_000
"""The most cached columns; each row of NDJSON can have new ones."""

_MAX_DETAIL_CHARS = 1_000

Columns = Sequence[tuple[str, Target | None]]


class InvalidFile(Exception):
    """The file as a whole cannot be imported."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(reason, detail[:_MAX_DETAIL_CHARS])


class ColumnTargets:
    """Finds the targets of columns by the mapping of the import, then by name, and caches them."""

    def __init__(
        self,
        draft: ImportDraft,
        definitions: Sequence[Definition],
        known: Mapping[str, Target | None],
    ) -> None:
        self._draft = draft
        self._index = FieldIndex(definitions)
        self._names = {each.name for each in definitions}
        self._known = dict(known)

    def of(self, column: str) -> Target | None:
        """Return the target of a column, None to skip the column; raises UndefinedVariable."""
        if column not in self._known:
            if len(self._known) == _MAX_CACHED_COLUMNS:
                self._known.clear()
            self._known[column] = self._find(column)
        return self._known[column]

    def renew(self) -> None:
        """Reset the limit of name comparisons for the next row."""
        self._index.renew()

    def of_header(self, columns: Sequence[str]) -> Columns:
        """Return the targets of all columns of a header; raises InvalidFile."""
        _check_names(columns)
        found: list[tuple[str, Target | None]] = []
        unknown: list[str] = []
        for column in columns:
            try:
                found.append((column, self.of(column) if column else None))
            except UndefinedVariable:
                unknown.append(column)
        if unknown:
            raise InvalidFile(FailureReason.UNKNOWN_COLUMNS, ", ".join(unknown))
        self._check_targets(found)
        return found

    @property
    def _identifying(self) -> Target:
        return Target(Part.CONTACT, IDENTIFYING_FIELDS[self._draft.identifier_kind])

    def _find(self, column: str) -> Target | None:
        # Templates escape names that a spreadsheet would run as formulas.
        for spelling in (column, unescape_formula(column)):
            if spelling in self._draft.mapping:
                return self._defined(column, self._draft.mapping[spelling])
            if spelling == self._draft.identifier_column:
                return self._identifying
        spelled = unescape_formula(column)
        name = snake_case(spelled)
        if name in CONTACT_FIELDS:
            return Target(Part.CONTACT, name)
        is_strict = self._draft.mode is UpsertMode.STRICT
        match = (self._index.match_spelled if is_strict else self._index.match)(spelled)
        name = match.definition.name if match else name
        return self._defined(column, Target(Part.VARIABLE, name))

    def _defined(self, column: str, target: Target | None) -> Target | None:
        if target is None or target.part is Part.CONTACT or target.name in self._names:
            return target
        if self._draft.mode is not UpsertMode.AUTO_CREATE or not is_variable_name(target.name):
            raise UndefinedVariable(column, "no field and no variable is called so")
        return target

    def _check_targets(self, columns: Columns) -> None:
        targets = [target for _, target in columns if target]
        duplicates = [name for name, target in columns if target and targets.count(target) > 1]
        if duplicates:
            raise InvalidFile(FailureReason.AMBIGUOUS_COLUMNS, ", ".join(duplicates))
        if self._identifying not in targets:
            name = self._draft.identifier_column
            raise InvalidFile(FailureReason.IDENTIFIER_COLUMN_MISSING, name)
        if columns_size(columns) > MAX_COLUMNS_BYTES:
            detail = f"columns of more than {MAX_COLUMNS_BYTES:,} bytes"
            raise InvalidFile(FailureReason.MALFORMED_HEADER, detail)


def by_target(targets: ColumnTargets, row: Mapping[str, object]) -> Mapping[Target, str]:
    """Return the columns of a row by target, without skipped columns.

    Raises:
        UndefinedVariable: A column has no target.
        InvalidField: Two columns have the same target.

    """
    targets.renew()
    found: dict[Target, str] = {}
    for column in row:
        target = targets.of(column)
        if target is None:
            continue
        if target in found:
            raise InvalidField(column, f"it goes where '{found[target]}' goes, to {target}")
        found[target] = column
    return found


def _check_names(columns: Sequence[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise InvalidFile(FailureReason.MALFORMED_HEADER, f"more than {MAX_COLUMNS} columns")
    if any(len(column) > MAX_COLUMN_CHARS for column in columns):
        detail = f"a column with a name of more than {MAX_COLUMN_CHARS} characters"
        raise InvalidFile(FailureReason.MALFORMED_HEADER, detail)
    names = [column for column in columns if column]
    if len(set(names)) < len(names):
        duplicates = sorted({name for name in names if names.count(name) > 1})
        raise InvalidFile(FailureReason.AMBIGUOUS_COLUMNS, ", ".join(duplicates))
