"""Where the columns of a file go: fields of the contact, variables, or nowhere."""

from collections.abc import Mapping, Sequence

from shared.domain.errors import InvalidField, UndefinedVariable
from shared.domain.imports import Failure, FailureReason, ImportDraft, Part, Target
from shared.domain.upserts import UpsertMode
from shared.domain.variables import Definition
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

_MAX_REMEMBERED = 10_000
"""How many columns are remembered: each row of NDJSON can bring new ones."""

_MAX_DETAIL_CHARS = 1_000

Columns = Sequence[tuple[str, Target | None]]


class InvalidFile(Exception):
    """A file cannot be imported as a whole."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.failure = Failure(reason, detail[:_MAX_DETAIL_CHARS])


class ColumnTargets:
    """Finds where columns go, if it is not known: by a mapping, then by their names."""

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
        """Where a column goes, None to leave it out; raises UndefinedVariable."""
        if column not in self._known:
            if len(self._known) == _MAX_REMEMBERED:
                self._known.clear()
            self._known[column] = self._find(column)
        return self._known[column]

    def renew(self) -> None:
        """Allow as many comparisons of names as at first, for the next row."""
        self._index.renew()

    def of_header(self, columns: Sequence[str]) -> Columns:
        """Where the columns of a header go; raises UnfitFile."""
        _check_form(columns)
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
        # A template has its columns in a form that spreadsheets do not run.
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
        twice = [column for column, target in columns if target and targets.count(target) > 1]
        if twice:
            raise InvalidFile(FailureReason.AMBIGUOUS_COLUMNS, ", ".join(twice))
        if self._identifying not in targets:
            name = self._draft.identifier_column
            raise InvalidFile(FailureReason.IDENTIFIER_COLUMN_MISSING, name)
        if columns_size(columns) > MAX_COLUMNS_BYTES:
            detail = f"columns of more than {MAX_COLUMNS_BYTES:,} bytes"
            raise InvalidFile(FailureReason.MALFORMED_HEADER, detail)


def by_target(targets: ColumnTargets, row: Mapping[str, object]) -> Mapping[Target, str]:
    """The columns of a row that go somewhere, by where they go.

    Raises UndefinedVariable, or InvalidField when two of them go to one place.
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


def _check_form(columns: Sequence[str]) -> None:
    if len(columns) > MAX_COLUMNS:
        raise InvalidFile(FailureReason.MALFORMED_HEADER, f"more than {MAX_COLUMNS} columns")
    if any(len(column) > MAX_COLUMN_CHARS for column in columns):
        detail = f"a column with a name of more than {MAX_COLUMN_CHARS} characters"
        raise InvalidFile(FailureReason.MALFORMED_HEADER, detail)
    named = [column for column in columns if column]
    if len(set(named)) < len(named):
        twice = sorted({column for column in named if named.count(column) > 1})
        raise InvalidFile(FailureReason.AMBIGUOUS_COLUMNS, ", ".join(twice))
