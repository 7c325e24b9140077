"""GET /v1/imports/template: get a file with the columns that an import can have."""

import csv
import io

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/v1/imports/template"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_a_template_has_the_columns_of_the_account(path: str, native: Api, fixtures: Fixtures):
    fixtures.definition("tier")
    fixtures.definition("email")
    fixtures.definition("Company")
    fixtures.definition("hours", context_type="business")
    fixtures.definition("theirs", owner="somebody")
    answer = native.call("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    (columns,) = csv.reader(io.StringIO(answer.document.decode()))
    assert columns[:3] == ["email", "first_name", "last_name"]
    assert columns[-1] == "tier"
    assert len(columns) == len(set(columns))
    assert not {"hours", "theirs"} & set(columns)
    # As a column it would go to the field `company`, as another one does.
    assert "Company" not in columns


def test_the_identifier_comes_first(native: Api):
    answer = native.call("GET", PATH, query={"identifier": "phone"})
    assert answer.document.decode().startswith("phone_number,first_name,")


def test_an_identifier_that_is_none_is_400(native: Api):
    answer = native.call("GET", PATH, query={"identifier": "name"})
    assert (answer.status, answer.document["code"]) == (400, "invalid_request")
    assert answer.document["errors"][0]["parameter"] == "identifier"


def test_no_column_of_a_template_runs_in_a_spreadsheet(native: Api, fixtures: Fixtures):
    """No request makes such a name; data that is brought over might."""
    fixtures.definition("=1+1")
    fixtures.definition("-balance")
    fixtures.definition("a-b")
    (columns,) = csv.reader(io.StringIO(native.call("GET", PATH).document.decode()))
    assert columns[-3:] == ["'=1+1", "'-balance", "a-b"]
