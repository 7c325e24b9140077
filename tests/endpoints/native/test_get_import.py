"""GET /v1/imports/{import_id}: show how far an import is."""

import pytest

from shared.domain.imports import (
    Failure,
    FailureReason,
    ImportStatus,
    Part,
    Progress,
    SourceFile,
    Target,
)
from tests.api import Api
from tests.fixtures import LONG_AGO, Fixtures


@pytest.mark.parametrize("path", ["/v1/imports/imp_1", "/v1/imports/imp_1/"])
def test_an_import_is_shown(path: str, native: Api, fixtures: Fixtures):
    columns = (("email", Target(Part.CONTACT, "email")), ("Note", None))
    fixtures.import_job(
        "imp_1",
        mapping={"Note": None},
        status=ImportStatus.FAILED,
        failure=Failure(FailureReason.FILE_GONE, "the file was removed"),
        file=SourceFile(400, "an-etag"),
        progress=Progress(
            offset=200,
            records=12,
            imported=8,
            failed=3,
            error_parts=1,
            delimiter=",",
            columns=columns,
        ),
    )
    answer = native.call("GET", path)
    at = "2024-01-01T10:00:00.000Z"
    assert (answer.status, answer.document) == (
        200,
        {
            "id": "imp_1",
            "status": "failed",
            "format": "csv",
            "identifier": {"kind": "email", "column": "email"},
            "mode": "strict",
            "mapping": {"Note": None},
            "columns": [
                {"column": "email", "target": "contact.email"},
                {"column": "Note", "target": None},
            ],
            "progress": {
                "rows": 11,
                "imported": 8,
                "failed": 3,
                "bytes_read": 200,
                "bytes_total": 400,
            },
            "failure": {"code": "file_gone", "detail": "the file was removed"},
            "cancel_requested": False,
            "created_at": at,
            "updated_at": at,
            "expires_at": "2100-01-01T00:00:00.000Z",
        },
    )


@pytest.mark.parametrize("import_id", ["imp_2", "imp_theirs", "imp_old", "x" * 600, "%23"])
def test_an_import_that_is_not_there_is_404(import_id: str, native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_theirs", account="initech")
    fixtures.import_job("imp_old", expires_at=LONG_AGO)
    answer = native.call("GET", f"/v1/imports/{import_id}")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
