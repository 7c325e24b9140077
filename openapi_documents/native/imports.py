"""Describe the operations on imports in the native API."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, RootModel

from openapi_documents.description import (
    JsonObject,
    Operation,
    Parameter,
    RequestBody,
    SuccessResponse,
)
from openapi_documents.forms import TEXT, in_path, in_query
from openapi_documents.native.responses import Page
from shared.dialects.native.import_requests import ImportCreation
from shared.dialects.native.import_responses import CSV_TYPE
from shared.domain import errors
from shared.domain.contacts import IdentifierKind
from shared.domain.errors import Fault, InvalidRequest
from shared.domain.imports import FailureReason, FileFormat, ImportStatus, Part
from shared.domain.upserts import UpsertMode
from shared.services.imports.turns import MAX_OPEN_IMPORTS
from shared.validation.contact_fields import CONTACT_FIELDS

TAG = "Imports"

LIMITS: JsonObject = {
    "properties": {
        "mapping": {
            "additionalProperties": {
                "pattern": rf"^({Part.CONTACT}\.({'|'.join(CONTACT_FIELDS)})$|{Part.VARIABLE}\.)",
                "format": "import-target",
            }
        }
    }
}
"""Constraints of the body that creates an import that its model lacks."""


class ImportIdentifier(BaseModel):
    """The identifier that contacts are found by, and its column."""

    kind: IdentifierKind
    column: str


class ImportColumn(BaseModel):
    """A column of a file and its target."""

    column: str
    target: str | None = Field(description="A field or a variable, null for an ignored column")


class ImportProgress(BaseModel):
    """The progress of an import. Each row that was read was imported or has failed."""

    rows: int
    imported: int
    failed: int
    bytes_read: int
    bytes_total: int | None = Field(description="The size of the file, null before the upload")


class ImportFailure(BaseModel):
    """Why a file could not be imported, or only in part."""

    code: FailureReason
    detail: str


class Import(BaseModel):
    """An import of a file of contacts."""

    id: str
    status: ImportStatus
    format: FileFormat
    identifier: ImportIdentifier
    mode: UpsertMode
    mapping: dict[str, str | None]
    columns: list[ImportColumn] = Field(
        description="The columns of a CSV file, empty before its header is read"
    )
    progress: ImportProgress
    failure: ImportFailure | None
    cancel_requested: bool
    created_at: datetime
    updated_at: datetime
    expires_at: datetime = Field(description="When the import and its files are deleted")


class Download(BaseModel):
    """A temporary download address. It needs no key."""

    url: str
    expires_at: datetime


class Upload(Download):
    """A temporary upload address. It needs no key."""

    method: Literal["PUT"]


class ImportWithUpload(Import):
    """An import with the upload address of its file, which no other response has."""

    upload: Upload


class ImportTemplate(RootModel[str]):
    """A CSV file with a header and no rows."""


class ImportList(Page[Import]):
    """Imports, newest first."""


_IMPORT_ID = "imp_018f9c5b2a40123456789abcdef"
_NO_IMPORT = errors.ImportNotFound(_IMPORT_ID)
_WHICH_IMPORT = in_path("import_id", "The id of the import", TEXT, _IMPORT_ID)
_WAITING: dict[str, Any] = {
    "id": _IMPORT_ID,
    "status": "awaiting_file",
    "format": "csv",
    "identifier": {"kind": "email", "column": "email"},
    "mode": "coerce",
    "mapping": {"Plan": "variable.membership_level", "Internal note": None},
    "columns": [],
    "progress": {"rows": 0, "imported": 0, "failed": 0, "bytes_read": 0, "bytes_total": None},
    "failure": None,
    "cancel_requested": False,
    "created_at": "2026-11-22T05:00:00.000Z",
    "updated_at": "2026-11-22T05:00:00.000Z",
    "expires_at": "2026-12-22T05:00:00.000Z",
}
_IMPORTED: dict[str, Any] = {
    **_WAITING,
    "status": "completed",
    "columns": [
        {"column": "email", "target": "contact.email"},
        {"column": "Plan", "target": "variable.membership_level"},
        {"column": "Internal note", "target": None},
    ],
    "progress": {
        "rows": 50000,
        "imported": 49997,
        "failed": 3,
        "bytes_read": 2288890,
        "bytes_total": 2288890,
    },
    "updated_at": "2026-11-22T05:05:00.000Z",
}
_CANCELED: dict[str, Any] = {**_IMPORTED, "status": "canceled", "cancel_requested": True}
_UPLOAD = "https://imports.s3.us-east-1.amazonaws.com/uploads/acme/imp_018f9c5b2a40123456789abcdef"
_UNTIL = "2026-11-22T06:00:00.000Z"
_BAD_IMPORT = InvalidRequest.from_faults(
    [
        Fault("required", "Field required", ("identifier",)),
        Fault("invalid_value", "Input should be 'csv' or 'ndjson'", ("format",)),
    ]
)
_BAD_KIND = InvalidRequest.from_faults(
    [Fault("invalid_value", "it must be one of: email, phone", parameter="identifier")]
)


def operations(
    paging: tuple[Parameter, ...], bad_page: InvalidRequest
) -> Mapping[tuple[str, str], Operation]:
    """Describe the operations on imports.

    Args:
        paging: The parameters of paged lists.
        bad_page: An example of an error of these parameters.

    """
    return {
        ("create_import", "POST"): Operation(
            operation_id="createImport",
            summary="Ask for an import",
            tag=TAG,
            description=(
                "Upload the file with PUT to the address in the response, without a key. The "
                "import starts after the upload. With `size`, the address accepts only a file of "
                "that many bytes."
            ),
            body=RequestBody(
                model=ImportCreation,
                examples={
                    "by e-mail address": {
                        "format": "csv",
                        "identifier": {"kind": "email"},
                        "mode": "coerce",
                        "mapping": {"Plan": "variable.membership_level", "Internal note": None},
                        "size": 2288890,
                    },
                    "by number": {
                        "format": "ndjson",
                        "identifier": {"kind": "phone", "column": "mobile"},
                    },
                },
            ),
            response=SuccessResponse(
                status=201,
                description="The import, and the upload address of its file",
                model=ImportWithUpload,
                example={
                    **_WAITING,
                    "upload": {"method": "PUT", "url": _UPLOAD, "expires_at": _UNTIL},
                },
            ),
            error_responses=(
                _BAD_IMPORT,
                errors.NotDeployed("bucket"),
                errors.TooManyImports(MAX_OPEN_IMPORTS),
            ),
        ),
        ("list_imports", "GET"): Operation(
            operation_id="listImports",
            summary="List imports",
            tag=TAG,
            description="Lists the imports of the last 30 days, newest first.",
            parameters=paging,
            response=SuccessResponse(
                description="One page of imports",
                model=ImportList,
                example={"data": [_IMPORTED], "next_cursor": None},
            ),
            error_responses=(bad_page,),
        ),
        ("get_import_template", "GET"): Operation(
            operation_id="getImportTemplate",
            summary="Get a template",
            tag=TAG,
            description="Returns a CSV file with the columns that an import can have, and no rows.",
            parameters=(
                in_query(
                    "identifier",
                    "The kind of identifier whose column comes first, `email` by default",
                    {"type": "string", "enum": list(IdentifierKind)},
                ),
            ),
            response=SuccessResponse(
                description="The header of a file",
                model=ImportTemplate,
                example="email,first_name,last_name,membership_level",
                content_type=CSV_TYPE,
            ),
            error_responses=(_BAD_KIND,),
        ),
        ("get_import", "GET"): Operation(
            operation_id="getImport",
            summary="Get an import",
            tag=TAG,
            description=(
                "Returns the progress of an import, the targets of its columns, and why it failed."
            ),
            parameters=(_WHICH_IMPORT,),
            response=SuccessResponse(description="The import", model=Import, example=_IMPORTED),
            error_responses=(_NO_IMPORT,),
        ),
        ("get_import_errors", "GET"): Operation(
            operation_id="getImportErrors",
            summary="Get row errors",
            tag=TAG,
            description=(
                "Returns the address of a CSV file with a line for each row that was not imported: "
                "`row` (the line number in a spreadsheet), `column`, `code` and `message`."
            ),
            parameters=(_WHICH_IMPORT,),
            response=SuccessResponse(
                description="The address of the file",
                model=Download,
                example={"url": f"{_UPLOAD}/errors.csv", "expires_at": _UNTIL},
            ),
            error_responses=(
                _NO_IMPORT,
                errors.ImportNotEnded(_IMPORT_ID),
                errors.ImportWithoutFile(_IMPORT_ID),
                errors.NotDeployed("bucket"),
            ),
        ),
        ("cancel_import", "POST"): Operation(
            operation_id="cancelImport",
            summary="Cancel an import",
            tag=TAG,
            description=(
                "Stops an import, after at most a few hundred more rows. Rows that were imported "
                "stay."
            ),
            parameters=(_WHICH_IMPORT,),
            response=SuccessResponse(
                description="The canceled import", model=Import, example=_CANCELED
            ),
            error_responses=(
                _NO_IMPORT,
                errors.ImportEnded(_IMPORT_ID),
                errors.NotDeployed("queue"),
            ),
        ),
    }
