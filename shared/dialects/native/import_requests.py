"""Bodies and queries of requests about imports."""

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.domain.contacts import IdentifierKind
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.imports import FileFormat, ImportDraft, Part, Target
from shared.domain.upserts import UpsertMode
from shared.gateway.request import Request
from shared.gateway.request_model import (
    INTEGER,
    TEXT,
    RequestModel,
    after_validator,
    as_integer,
    before_validator,
    defaulted,
    enum_of,
    nested,
    nullable,
    object_of,
    optional,
    required,
    text,
)
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.files.records import MAX_FILE_BYTES
from shared.validation.files.rows import MAX_COLUMN_CHARS, MAX_COLUMNS
from shared.validation.names import NAME_RULE, is_variable_name

_TARGET_RULE = "it must be contact. with the name of a field, variable. with a name, or null"


def _target_fault(target: str) -> str | None:
    part, _, name = target.partition(".")
    if part == Part.VARIABLE:
        return None if is_variable_name(name) else NAME_RULE
    return None if part == Part.CONTACT and name in CONTACT_FIELDS else _TARGET_RULE


_SIZE = before_validator(as_integer, {**INTEGER, "ge": 1, "le": MAX_FILE_BYTES})
_COLUMN = text(min_length=1, max_length=MAX_COLUMN_CHARS)
_TARGET = nullable(after_validator(_target_fault, TEXT))


class IdentifierColumn(RequestModel, closed=True):
    """By which identifier contacts are found, and the column that it is in."""

    kind: IdentifierKind = required(enum_of(IdentifierKind))
    column: str | None = optional(_COLUMN)


class ImportCreation(RequestModel, closed=True):
    """The body that creates an import."""

    format: FileFormat = required(enum_of(FileFormat))
    identifier: IdentifierColumn = required(nested(IdentifierColumn))
    mode: UpsertMode = defaulted(enum_of(UpsertMode), UpsertMode.STRICT)
    mapping: dict[str, str | None] = defaulted(
        object_of(_COLUMN, _TARGET, max_length=MAX_COLUMNS), {}
    )

    size: int | None = optional(_SIZE)

    @classmethod
    def draft_of(cls, request: Request) -> tuple[ImportDraft, int | None]:
        """Parse the import to create, and the size of its file, None if it was not sent."""
        body = request.parse_with_all_faults(cls, MAX_BODY_BYTES)
        kind = body.identifier.kind
        draft = ImportDraft(
            file_format=body.format,
            identifier_kind=kind,
            identifier_column=body.identifier.column or IDENTIFYING_FIELDS[kind],
            mode=body.mode,
            mapping={column: _target(text) for column, text in body.mapping.items()},
        )
        return draft, body.size


def identifier_of(request: Request) -> IdentifierKind:
    """Return the kind of identifier in the query, e-mail by default.

    Raises:
        InvalidRequest: There is no such kind.

    """
    given = request.query("identifier")
    try:
        return IdentifierKind.EMAIL if given is None else IdentifierKind(given)
    except ValueError:
        reason = f"it must be one of: {', '.join(IdentifierKind)}"
        fault = Fault("invalid_value", reason, parameter="identifier")
        raise InvalidRequest.from_faults([fault]) from None


def _target(text: str | None) -> Target | None:
    if text is None:
        return None
    part, _, name = text.partition(".")
    return Target(Part(part), name)
