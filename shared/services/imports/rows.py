"""Rows of a file, held against definitions and written as contacts, each by itself."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Protocol, TypeVar

from shared.domain.accounts import Caller
from shared.domain.contacts import Contacts, Identifier
from shared.domain.errors import (
    ContextError,
    ContextTooLarge,
    DuplicateDefinition,
    InvalidField,
    InvalidValue,
    MissingField,
    PermissionDenied,
    SeveralContacts,
    TooManyDefinitions,
    TooManyVariables,
    Unavailable,
    UndefinedVariable,
)
from shared.domain.imports import FileFormat, ImportJob, Part, RowError
from shared.domain.upserts import UpsertMode
from shared.domain.variables import (
    ContextType,
    Definition,
    DefinitionDraft,
    Definitions,
    JsonValue,
    Tombstone,
    VariableType,
)
from shared.services.contacts.contacts import Supplies, upsert_contact
from shared.services.contacts.upserts import SET_RULES, upsert_of
from shared.services.imports.columns import ColumnTargets, by_target
from shared.services.variables.definitions import create_definition
from shared.validation.contact_fields import IDENTIFYING_FIELDS
from shared.validation.fields.formatting import format_value
from shared.validation.names import display_name
from shared.validation.value_text import to_text
from shared.validation.values import infer_type

_CODES: Mapping[type[ContextError], tuple[str, str]] = {
    ContextTooLarge: ("context_too_large", "its values are too large to be stored together"),
    InvalidField: ("invalid_value", "{reason}"),
    InvalidValue: ("invalid_value", "it is no {variable_type}: {reason}"),
    MissingField: ("required", "it is required"),
    PermissionDenied: ("permission_denied", "the key lacks: {permission}"),
    TooManyDefinitions: ("limit_reached", "an account has at most {limit} variables"),
    SeveralContacts: ("conflict", "several contacts have it"),
    TooManyVariables: ("too_many_variables", "there are at most {limit} variables"),
    UndefinedVariable: ("undefined_variable", "{reason}"),
}
"""How each error is told that a row can meet."""

_MAX_MESSAGE_CHARS = 300
"""Some errors list all options of a variable, and every row of a file can have one."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class ForEach(Protocol):
    """Does something for each of many, maybe for several at once.

    It comes back when all of it is done, and nothing goes on behind it.
    """

    def __call__(self, do: Callable[[Item], Result], items: Iterable[Item], /) -> Sequence[Result]:
        """What it gave, in order; raises what it raised."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its line as a table shows it, and what it says by column."""

    record: int
    given: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Read:
    """A row with what it is about; `columns` tell where each part came from."""

    record: int
    identifier: Identifier
    fields: Mapping[str, str | None]
    values: dict[str, JsonValue]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes rows of an import, on behalf of whom it was asked for by."""

    contacts: Contacts
    definitions: Definitions
    caller: Caller
    job: ImportJob
    targets: ColumnTargets
    locale: str
    for_each: ForEach
    may_go_on: Callable[[], bool]

    def write(self, rows: Sequence[Row]) -> list[RowError]:
        """Create or change a contact for each row; why not, for those of which none was.

        Rows about one contact are written in their order, others at the same time.
        Raises Unavailable when some rows could not be written: all of them are to be written
        again then.
        """
        errors: list[RowError] = []
        read: list[_Read] = []
        for row in rows:
            try:
                read.append(self._read(row))
            except ContextError as error:
                errors.append(_told(row.record, error, {}))
        supplies = self._supplies(read)
        same = defaultdict(list)
        for each in read:
            same[each.identifier].append(each)
        for failed in self.for_each(partial(self._write_in_turn, supplies), same.values()):
            errors += failed
        return sorted(errors)

    def _read(self, row: Row) -> _Read:
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
        # Errors name an identifier by its kind.
        columns[self.job.identifier_kind] = columns[own]
        return _Read(row.record, identifier, fields, values, columns)

    def _supplies(self, rows: Sequence[_Read]) -> Supplies:
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
        numbers = _Numbers(lambda count: self.contacts.allocate_ids(account_id, count), len(rows))
        return Supplies(known, numbers.next, limit)

    def _define(self, rows: Sequence[_Read], names: Sequence[str]) -> None:
        given = defaultdict(list)
        for row in rows:
            for name, value in row.values.items():
                if value is not None:
                    given[name].append(value)
        for name in names:
            if not self.may_go_on():
                raise Unavailable
            variable_type = self._type_of(name, given[name])
            if variable_type:
                self._create(name, variable_type)

    def _type_of(self, name: str, given: Sequence[JsonValue]) -> VariableType | None:
        # Cells are all text: what looks like a number may be one with zeros in front, or a date
        # in some rows only.
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
        )
        try:
            create_definition(self.definitions, self.caller, draft)
        except DuplicateDefinition:
            # Another writer was faster: its definition is as good.
            return

    def _write_in_turn(self, supplies: Supplies, rows: Sequence[_Read]) -> list[RowError]:
        errors = []
        for row in rows:
            if not self.may_go_on():
                raise Unavailable
            try:
                self._upsert(row, supplies)
            except Unavailable:
                raise
            except ContextError as error:
                errors.append(_told(row.record, error, row.columns))
        return errors

    def _upsert(self, row: _Read, supplies: Supplies) -> None:
        upsert = upsert_of(row.identifier, row.fields)
        values = {name: self._formatted(name, row, supplies) for name in row.values}
        upsert_contact(
            self.contacts,
            self.definitions,
            self.caller,
            upsert,
            values,
            SET_RULES[self.job.mode],
            supplies,
        )

    def _formatted(self, name: str, row: _Read, supplies: Supplies) -> JsonValue:
        definition = supplies.known.get(name)
        if self.job.mode is UpsertMode.STRICT or not isinstance(definition, Definition):
            return row.values[name]
        return format_value(definition, row.values[name], self.locale).value


@dataclass(slots=True)
class _Numbers:
    """Numbers for new contacts, asked for in one go when the first is needed."""

    allocate_ids: Callable[[int], int]
    count: int
    _left: list[int] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def next(self) -> int:
        """A number that nobody had, nor will have."""
        with self._lock:
            if not self._left:
                first = self.allocate_ids(self.count)
                self._left = list(range(first + self.count - 1, first - 1, -1))
            return self._left.pop()


def _is_defined(known: Mapping[str, Definition | Tombstone], name: str) -> bool:
    return isinstance(known.get(name), Definition)


def _field(column: str, value: JsonValue) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        raise InvalidField(column, "it must be text")
    return to_text(value).strip()


def _told(record: int, error: ContextError, columns: Mapping[str, str]) -> RowError:
    code, message = _CODES[type(error)]
    facts = vars(error)
    about = facts.get("field") or facts.get("name") or facts.get("kind") or ""
    told = _cut(message.format_map(facts))
    return RowError(record, columns.get(about, about), code, told)


def _cut(message: str) -> str:
    if len(message) <= _MAX_MESSAGE_CHARS:
        return message
    return f"{message[: _MAX_MESSAGE_CHARS - 1]}…"
