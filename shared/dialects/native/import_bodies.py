"""What requests about imports say in their bodies and queries."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr, StringConstraints
from pydantic_core import PydanticCustomError

from shared.dialects.native.dialect import MAX_BODY_BYTES
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.imports import FileFormat, ImportDraft, Part, Target
from shared.domain.intake import IntakeMode
from shared.domain.model import IdentifierKind
from shared.gateway.request import Request
from shared.validation.contact_fields import CONTACT_FIELDS, IDENTIFYING_FIELDS
from shared.validation.file_rows import MAX_COLUMN_CHARS, MAX_COLUMNS
from shared.validation.names import NAME_RULE, is_variable_name


def _check_target(text: str | None) -> str | None:
    if text is None:
        return None
    part, _, name = text.partition(".")
    if part == Part.VARIABLE and not is_variable_name(name):
        raise PydanticCustomError("invalid_value", "{reason}", {"reason": NAME_RULE})
    if part == Part.VARIABLE or (part == Part.CONTACT and name in CONTACT_FIELDS):
        return text
    reason = "it must be contact. with the name of a field, variable. with a name, or null"
    raise PydanticCustomError("invalid_value", "{reason}", {"reason": reason})


Column = Annotated[StrictStr, StringConstraints(min_length=1, max_length=MAX_COLUMN_CHARS)]
WhereTo = Annotated[StrictStr | None, AfterValidator(_check_target)]


class IdentifierColumn(BaseModel):
    """By which identifier contacts are found, and the column that it is in."""

    model_config = ConfigDict(defer_build=True, extra="forbid")

    kind: IdentifierKind
    column: Column | None = None


class ImportCreation(BaseModel):
    """The body that creates an import."""

    model_config = ConfigDict(defer_build=True, extra="forbid")

    format: FileFormat
    identifier: IdentifierColumn
    mode: IntakeMode = IntakeMode.STRICT
    mapping: Annotated[dict[Column, WhereTo], Field(max_length=MAX_COLUMNS)] = {}

    @classmethod
    def draft_of(cls, request: Request) -> ImportDraft:
        """The import that a request asks for."""
        body = request.parse_whole(cls, MAX_BODY_BYTES)
        kind = body.identifier.kind
        return ImportDraft(
            file_format=body.format,
            identifier_kind=kind,
            identifier_column=body.identifier.column or IDENTIFYING_FIELDS[kind],
            mode=body.mode,
            mapping={column: _target(text) for column, text in body.mapping.items()},
        )


def identifier_of(request: Request) -> IdentifierKind:
    """The kind of identifier that a query names, e-mail if none; raises InvalidRequest."""
    given = request.query("identifier")
    try:
        return IdentifierKind.EMAIL if given is None else IdentifierKind(given)
    except ValueError:
        reason = f"it must be one of: {', '.join(IdentifierKind)}"
        fault = Fault("invalid_value", reason, parameter="identifier")
        raise InvalidRequest.of([fault]) from None


def _target(text: str | None) -> Target | None:
    if text is None:
        return None
    part, _, name = text.partition(".")
    return Target(Part(part), name)
