"""GET /v1/imports/{import_id}/errors: get an address of the file of row errors."""

from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.imports import ImportStatus, SourceFile
from tests.api import Api
from tests.fixtures import Fixtures

FILE = SourceFile(400, "an-etag")


@pytest.mark.parametrize("status", [ImportStatus.COMPLETED, ImportStatus.FAILED, "canceled"])
@pytest.mark.parametrize("path", ["/v1/imports/imp_1/errors", "/v1/imports/imp_1/errors/"])
def test_the_file_of_row_errors_has_an_address(
    path: str, status: ImportStatus, native: Api, fixtures: Fixtures
):
    fixtures.import_job("imp_1", status=status, file=FILE)
    answer = native.call("GET", path)
    assert answer.status == 200
    address = urlsplit(answer.document["url"])
    assert address.path.endswith("/errors/acme/imp_1/errors.csv")
    saved_as = parse_qs(address.query)["response-content-disposition"]
    assert saved_as == ['attachment; filename="imp_1-errors.csv"']


@pytest.mark.parametrize(
    ("status", "file", "detail"),
    [
        (ImportStatus.AWAITING_FILE, None, "The import has not ended yet"),
        (ImportStatus.RUNNING, FILE, "The import has not ended yet"),
        (ImportStatus.CANCELED, None, "The import ended before its file came"),
    ],
)
def test_while_not_all_is_known_it_is_409(
    status: ImportStatus, file: SourceFile | None, detail: str, native: Api, fixtures: Fixtures
):
    fixtures.import_job("imp_1", status=status, file=file)
    answer = native.call("GET", "/v1/imports/imp_1/errors")
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert answer.document["detail"] == detail


def test_an_import_that_is_not_there_is_404(native: Api):
    answer = native.call("GET", "/v1/imports/imp_1/errors")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
