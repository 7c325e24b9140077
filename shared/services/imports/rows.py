"""Validate the rows of an import, and write each row as a contact."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts, Identifier
from shared.domain.definitions import (
    ContextType,
    Definition,
    DefinitionDraft,
    Definitions,
    Tombstone,
    VariableType,
)
from shared.domain.errors import (
    ContextError,
    DuplicateDefinition,
    InvalidField,
    InvalidValue,
    MissingField,
    TooManyContacts,
    TooManyDefinitions,
    Unavailable,
)
from shared.domain.imports import FileFormat, ImportJob, Part, RowError
from shared.domain.json_values import JsonValue
from shared.domain.upserts import UpsertMode
from shared.services.contacts.upserts import upsert_of
from shared.services.contacts.writes import UpsertBatch, upsert_contact
from shared.services.imports.columns import ColumnTargets, by_target
from shared.services.imports.row_errors import row_error
from shared.services.variables.definitions import create_definition
from shared.services.variables.matched_values import SET_RULES
from shared.validation.contact_fields import IDENTIFYING_FIELDS
from shared.validation.fields.formatting import format_value
from shared.validation.names import display_name
from shared.validation.value_text import to_text
from shared.validation.values import infer_type

Item = TypeVar("Item")
Result = TypeVar("Result")


class ForEach(Protocol):
    """Calls a function for each item, possibly for several items at once.

    It returns when all calls have ended.
    """

    def __call__(self, do: Callable[[Item], Result], items: Iterable[Item], /) -> Sequence[Result]:
        """Return the results in order; raises what the function raises."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its line number and its values by column."""

    record: int
    given: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _ParsedRow:
    """A row with its identifier, fields and variables; `columns` has the column of each."""

    record: int
    identifier: Identifier
    fields: Mapping[str, str | None]
    values: dict[str, JsonValue]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes rows of an import with the rights of the import's creator.

    Attributes:
        contacts: Stores contacts.
        definitions: Stores variable definitions.
        caller: The creator of the import, and the time of the changes.
        job: The import.
        targets: The targets of its columns.
        locale: The locale of the account, for numbers and dates.
        for_each: Writes several rows at the same time.
        may_continue: Tells whether there is time for another row.

    """

    contacts: Contacts
    definitions: Definitions
    caller: Caller
    job: ImportJob
    targets: ColumnTargets
    locale: str
    for_each: ForEach
    may_continue: Callable[[], bool]

    def write(self, rows: Sequence[Row]) -> list[RowError]:
        """Create or update a contact for each row.

        Rows with the same identifier are written in order, others at the same time.

        Returns:
            The errors of the rows that failed, in order.

        Raises:
            Unavailable: Some rows may not have been written. Write all of them again.

        """
        errors: list[RowError] = []
        parsed: list[_ParsedRow] = []
        for row in rows:
            try:
                parsed.append(self._parse(row))
            except ContextError as error:
                errors.append(row_error(row.record, error, {}))
        batch = self._batch(parsed)
        by_identifier = defaultdict(list)
        for each in parsed:
            by_identifier[each.identifier].append(each)
        for failed in self.for_each(partial(self._write_in_order, batch), by_identifier.values()):
            errors += failed
        return sorted(errors)

    def _parse(self, row: Row) -> _ParsedRow:
        found = by_target(self.targets, row.given)
        fields = {
            target.name: _field(column, row.given[column])
            for target, column in found.items()
            if target.part is Part.CONTACT
        }
        values = {
            target.name: row.given[column]
            for target, column in found.items()
            if target.part is Part.VARIABLE
        }
        own = IDENTIFYING_FIELDS[self.job.identifier_kind]
        text = fields.get(own)
        columns = {target.name: column for target, column in found.items()}
        if not text:
            raise MissingField(columns.get(own, self.job.identifier_column))
        identifier = Identifier(self.job.identifier_kind, text)
        # Errors about an identifier have its kind.
        columns[self.job.identifier_kind] = columns[own]
        return _ParsedRow(row.record, identifier, fields, values, columns)

    def _batch(self, rows: Sequence[_ParsedRow]) -> UpsertBatch:
        account_id = self.caller.account_id
        names = sorted({name for row in rows for name in row.values})
        known = self.definitions.find_by_names(account_id, ContextType.CONTACT, names)
        limit: int | None = None
        if self.job.mode is UpsertMode.AUTO_CREATE:
            new = [name for name in names if not _is_defined(known, name)]
            try:
                self._define(rows, new)
            except TooManyDefinitions as full:
                limit = full.limit
            known |= self.definitions.find_by_names(account_id, ContextType.CONTACT, new)
        ids = _ContactIds(lambda count: self.contacts.allocate_ids(account_id, count), len(rows))
        return UpsertBatch(known, ids.next, limit)

    def _define(self, rows: Sequence[_ParsedRow], names: Sequence[str]) -> None:
        given = defaultdict(list)
        for row in rows:
            for name, value in row.values.items():
                if value is not None:
                    given[name].append(value)
        for name in names:
            if not self.may_continue():
                raise Unavailable
            variable_type = self._type_of(name, given[name])
            if variable_type:
                self._create(name, variable_type)

    def _type_of(self, name: str, given: Sequence[JsonValue]) -> VariableType | None:
        # Cells of CSV are text. A cell that looks like a number can have leading zeros, and a
        # column can have dates in some rows only.
        if self.job.file_format is FileFormat.CSV:
            return VariableType.TEXT
        for value in given:
            try:
                return infer_type(name, value)
            except InvalidValue:
                continue
        return None

    def _create(self, name: str, variable_type: VariableType) -> None:
        draft = DefinitionDraft(
            name=name,
            display_name=display_name(name),
            variable_type=variable_type,
            context_type=ContextType.CONTACT,
            auto_created=True,
        )
        try:
            create_definition(self.definitions, self.caller, draft)
        except DuplicateDefinition:
            # Another writer has just created it.
            return

    def _write_in_order(self, batch: UpsertBatch, rows: Sequence[_ParsedRow]) -> list[RowError]:
        errors = []
        for row in rows:
            if not self.may_continue():
                raise Unavailable
            try:
                self._upsert(row, batch)
            except Unavailable:
                raise
            except ContextError as error:
                errors.append(row_error(row.record, error, row.columns))
        return errors

    def _upsert(self, row: _ParsedRow, batch: UpsertBatch) -> None:
        upsert = upsert_of(row.identifier, row.fields)
        values = {name: self._formatted(name, row, batch) for name in row.values}
        upsert_contact(
            self.contacts,
            self.definitions,
            self.caller,
            upsert,
            values,
            SET_RULES[self.job.mode],
            batch,
        )

    def _formatted(self, name: str, row: _ParsedRow, batch: UpsertBatch) -> JsonValue:
        definition = batch.known.get(name)
        if self.job.mode is UpsertMode.STRICT or not isinstance(definition, Definition):
            return row.values[name]
        return format_value(definition, row.values[name], self.locale).value


@dataclass(slots=True)
class _ContactIds:
    """Ids for new contacts, allocated in one request when the first is needed.

    Near the limit of contacts they are allocated one by one, until the account is full.
    """

    allocate_ids: Callable[[int], int]
    count: int
    _left: list[int] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _full: TooManyContacts | None = None

    def next(self) -> int:
        """Return an unused contact id; raises TooManyContacts."""
        with self._lock:
            if not self._left:
                self._left = self._allocate()
            return self._left.pop()

    def _allocate(self) -> list[int]:
        if self._full:
            # Without this check, each row would ask again.
            raise TooManyContacts(self._full.limit)
        try:
            first = self.allocate_ids(self.count)
        except TooManyContacts as full:
            if self.count == 1:
                self._full = full
                raise
            self.count = 1
            return self._allocate()
        return list(range(first + self.count - 1, first - 1, -1))


def _is_defined(known: Mapping[str, Definition | Tombstone], name: str) -> bool:
    return isinstance(known.get(name), Definition)


def _field(column: str, value: JsonValue) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        raise InvalidField(column, "it must be text")
    return to_text(value).strip()
