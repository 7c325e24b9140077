"""Describe the operations on imports in the native API, and their responses."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, RootModel

from openapi_documents.description import EVENT, Group, Operation, Parameter, Success
from openapi_documents.forms import member
from openapi_documents.native import conventions as native
from shared.dialects.native.import_requests import ImportCreation
from shared.dialects.native.import_responses import CSV_TYPE
from shared.domain import errors
from shared.domain.contacts import IdentifierKind
from shared.domain.errors import Fault
from shared.domain.imports import FailureReason, FileFormat, ImportStatus, Part
from shared.domain.upserts import UpsertMode
from shared.services.imports.turns import MAX_OPEN_IMPORTS
from shared.validation.contact_fields import CONTACT_FIELDS

_IMPORT_ID = "imp_018f9c5b2a40123456789abcdef"

_MAPPING = {"Plan": "variable.membership_level", "Internal note": None}
_FILE = f"https://imports.s3.us-east-1.amazonaws.com/uploads/acme/{_IMPORT_ID}"


class ImportIdentifier(BaseModel):
    """The identifier that contacts are found by, and its column."""

    kind: IdentifierKind = member(example="email")
    column: str = member(example="email")


class ImportColumn(BaseModel):
    """A column of a file and its target."""

    column: str
    target: str | None = member("A field or a variable, null for an ignored column")


class ImportProgress(BaseModel):
    """The progress of an import. Each row that was read was imported or has failed."""

    rows: int = member(example=50000)
    imported: int = member(example=49997)
    failed: int = member(example=3)
    bytes_read: int = member(example=2288890)
    bytes_total: int | None = member(
        "The size of the file, null before the upload", example=2288890
    )


class ImportFailure(BaseModel):
    """Why a file could not be imported, or only in part."""

    code: FailureReason
    detail: str


class Import(BaseModel):
    """An import of a file of contacts."""

    id: str = member(example=_IMPORT_ID)
    status: ImportStatus = member(example="completed")
    format: FileFormat = member(example="csv")
    identifier: ImportIdentifier
    mode: UpsertMode = member(example="coerce")
    mapping: dict[str, str | None] = member(example=_MAPPING)
    columns: list[ImportColumn] = member(
        "The columns of a CSV file, empty before its header is read",
        example=[
            {"column": "email", "target": "contact.email"},
            {"column": "Plan", "target": "variable.membership_level"},
            {"column": "Internal note", "target": None},
        ],
    )
    progress: ImportProgress
    failure: ImportFailure | None = member(example=None)
    cancel_requested: bool
    created_at: datetime = member(example="2026-11-22T05:00:00.000Z")
    updated_at: datetime = member(example="2026-11-22T05:05:00.000Z")
    expires_at: datetime = member(
        "When the import and its files are deleted", example="2026-12-22T05:00:00.000Z"
    )


class Download(BaseModel):
    """A temporary download address. It needs no key."""

    url: str = member(example=f"{_FILE}/errors.csv")
    expires_at: datetime = member(example="2026-11-22T06:00:00.000Z")


class Upload(Download):
    """A temporary upload address. It needs no key."""

    method: Literal["PUT"]


class ImportWithUpload(Import):
    """An import with the upload address of its file, which no other response has."""

    upload: Upload = member(
        example={"method": "PUT", "url": _FILE, "expires_at": "2026-11-22T06:00:00.000Z"}
    )


class ImportTemplate(RootModel[str]):
    """A CSV file with a header and no rows."""


_BAD_IMPORT = native.invalid(
    Fault("required", "Field required", ("identifier",)),
    Fault("invalid_value", "Input should be 'csv' or 'ndjson'", ("format",)),
)

_OPERATIONS = {
    ("create_import", "POST"): Operation(
        "Upload the file with PUT to the address in the response, without a key. The import starts "
        "after the upload. With `size`, the address accepts only a file of that many bytes.",
        body=ImportCreation,
        examples={
            "by e-mail address": EVENT,
            "by number": {"format": "ndjson", "identifier": {"kind": "phone", "column": "mobile"}},
        },
        response=Success(
            "The import, and the upload address of its file",
            ImportWithUpload,
            example={
                "status": "awaiting_file",
                "columns": [],
                "progress": {
                    "rows": 0,
                    "imported": 0,
                    "failed": 0,
                    "bytes_read": 0,
                    "bytes_total": None,
                },
                "updated_at": "2026-11-22T05:00:00.000Z",
            },
            status=201,
        ),
        errors=(_BAD_IMPORT, errors.NotDeployed("bucket"), errors.TooManyImports(MAX_OPEN_IMPORTS)),
    ),
    ("list_imports", "GET"): native.listing(
        "imports",
        Import,
        "Imports, newest first.",
        "Lists the imports of the last 30 days, newest first.",
    ),
    ("get_import_template", "GET"): Operation(
        "Returns a CSV file with the columns that an import can have, and no rows.",
        parameters=(
            Parameter(
                "identifier",
                "The kind of identifier whose column comes first, `email` by default",
                {"type": "string", "enum": list(IdentifierKind)},
                errors=(native.bad_parameter("identifier", "it must be one of: email, phone"),),
            ),
        ),
        response=Success(
            "The header of a file",
            ImportTemplate,
            example="email,first_name,last_name,membership_level",
            content_type=CSV_TYPE,
        ),
    ),
    ("get_import", "GET"): Operation(
        "Returns the progress of an import, the targets of its columns, and why it failed.",
        response=Success("The import", Import),
    ),
    ("get_import_errors", "GET"): Operation(
        "Returns the address of a CSV file with a line for each row that was not imported: "
        "`row` (the line number in a spreadsheet), `column`, `code` and `message`.",
        response=Success("The address of the file", Download),
        errors=(
            errors.ImportNotEnded(_IMPORT_ID),
            errors.ImportWithoutFile(_IMPORT_ID),
            errors.NotDeployed("bucket"),
        ),
    ),
    ("cancel_import", "POST"): Operation(
        "Stops an import, after at most a few hundred more rows. Rows that were imported stay.",
        response=Success(
            "The canceled import", Import, example={"status": "canceled", "cancel_requested": True}
        ),
        errors=(errors.ImportEnded(_IMPORT_ID), errors.NotDeployed("queue")),
    ),
}

GROUP = Group(
    "Imports",
    "Import contacts from files, row by row.",
    _OPERATIONS,
    path_parameters=(native.id_in_path("import_id", _IMPORT_ID, errors.ImportNotFound),),
    limits={
        ImportCreation: {
            "properties": {
                "mapping": {
                    "additionalProperties": {
                        "pattern": (
                            rf"^({Part.CONTACT}\.({'|'.join(CONTACT_FIELDS)})$|{Part.VARIABLE}\.)"
                        ),
                        "format": "import-target",
                    }
                }
            }
        }
    },
)
