"""Responses to requests about imports."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from shared.dialects.native.instants import format_instant
from shared.dialects.native.paging import Listed, page
from shared.domain.imports import ImportJob, ImportPage, PresignedUrl, Target
from shared.gateway.file_response import FileResponse
from shared.gateway.response import Response
from shared.validation.files.spreadsheet_cells import escape_formulas

CSV_TYPE = "text/csv; charset=utf-8"


def import_created(job: ImportJob, upload: PresignedUrl) -> Response:
    """Build the response to the creation of an import, with the upload address of its file."""
    return Response(201, {**_import(job), "upload": {"method": "PUT", **_address(upload)}})


def import_shown(job: ImportJob) -> Response:
    """Build the response to a request for an import, or to cancel it."""
    return Response(200, _import(job))


def import_list(found: ImportPage) -> Response:
    """Build the response to a request for the imports of an account."""
    return page([_import(each) for each in found.imports], found.following, Listed.IMPORTS)


def import_errors(download: PresignedUrl) -> Response:
    """Build the response to a request for row errors: the download address of their file."""
    return Response(200, _address(download))


def import_template(columns: Sequence[str]) -> FileResponse:
    """Build a CSV file with a header of these columns and no rows."""
    text = io.StringIO()
    csv.writer(text).writerow([escape_formulas(column) for column in columns])
    saved_as = 'attachment; filename="contacts.csv"'
    headers = {"content-type": CSV_TYPE, "content-disposition": saved_as}
    return FileResponse(200, text.getvalue().encode(), headers)


def _import(job: ImportJob) -> dict[str, Any]:
    progress = job.progress
    return {
        "id": job.import_id,
        "status": job.status,
        "format": job.file_format,
        "identifier": {"kind": job.identifier_kind, "column": job.identifier_column},
        "mode": job.mode,
        "mapping": {column: _target(target) for column, target in job.mapping.items()},
        "columns": [
            {"column": column, "target": _target(target)} for column, target in progress.columns
        ],
        "progress": {
            "rows": progress.rows,
            "imported": progress.imported,
            "failed": progress.failed,
            "bytes_read": progress.offset,
            "bytes_total": job.file.size if job.file else None,
        },
        "failure": (
            {"code": job.failure.reason, "detail": job.failure.detail} if job.failure else None
        ),
        "cancel_requested": job.is_cancel_requested,
        "created_at": format_instant(job.created_at),
        "updated_at": format_instant(job.updated_at),
        "expires_at": format_instant(job.expires_at),
    }


def _address(address: PresignedUrl) -> dict[str, Any]:
    return {"url": address.url, "expires_at": format_instant(address.expires_at)}


def _target(target: Target | None) -> str | None:
    return str(target) if target else None
