"""POST /v1/imports/{import_id}/cancel: end an import before its file does."""

import pytest

from shared.domain.imports import ImportStatus, SourceFile
from tests.api import Api
from tests.fixtures import Fixtures

FILE = SourceFile(400, "an-etag")


@pytest.mark.parametrize("path", ["/v1/imports/imp_1/cancel", "/v1/imports/imp_1/cancel/"])
def test_an_import_that_waits_for_its_file_ends(path: str, native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_1")
    for _ in range(2):
        answer = native.call("POST", path)
        assert (answer.status, answer.document["status"]) == (200, "canceled")


def test_one_that_runs_is_asked_to_end(native: Api, everything: Fixtures):
    everything.import_job("imp_1", status=ImportStatus.RUNNING, file=FILE)
    for _ in range(2):
        answer = native.call("POST", "/v1/imports/imp_1/cancel")
        assert (answer.status, answer.document["status"]) == (200, "running")
        assert answer.document["cancel_requested"] is True


def test_an_import_whose_run_cannot_be_queued_is_an_error_until_it_can(
    native: Api, fixtures: Fixtures, request: pytest.FixtureRequest
):
    """A repeated request gets the current state of the import."""
    fixtures.import_job("imp_1", status=ImportStatus.RUNNING, file=FILE)
    answer = native.call("POST", "/v1/imports/imp_1/cancel")
    assert (answer.status, answer.document["code"]) == (500, "unavailable")
    request.getfixturevalue("everything")
    answer = native.call("POST", "/v1/imports/imp_1/cancel")
    assert (answer.status, answer.document["cancel_requested"]) == (200, True)


@pytest.mark.parametrize("status", [ImportStatus.COMPLETED, ImportStatus.FAILED])
def test_one_that_has_ended_is_409(status: ImportStatus, native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_1", status=status, file=FILE)
    before = fixtures.items()
    answer = native.call("POST", "/v1/imports/imp_1/cancel")
    assert (answer.status, answer.document["code"]) == (409, "conflict")
    assert fixtures.items() == before


def test_an_import_that_is_not_there_is_404(native: Api, fixtures: Fixtures):
    fixtures.import_job("imp_1", account="initech")
    answer = native.call("POST", "/v1/imports/imp_1/cancel")
    assert (answer.status, answer.document["code"]) == (404, "not_found")
