"""GET /openapi.json and /openapi/{document}: the committed documents, for everyone."""

import pytest

from openapi_documents.making import WHOLE, apis
from tests.api import Api
from tests.documented import document

NOBODY = Api(None)


def test_the_document_of_all_apis_needs_no_key():
    answer = NOBODY.call("GET", "/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.document == document(WHOLE)


@pytest.mark.parametrize("name", [WHOLE, *apis()])
@pytest.mark.parametrize("ending", ["", ".json", ".json/"])
def test_a_document_is_found_with_and_without_its_ending(name: str, ending: str):
    answer = NOBODY.call("GET", f"/openapi/{name}{ending}")
    assert (answer.status, answer.document) == (200, document(name))


@pytest.mark.parametrize(
    "name", ["none", "..%2Fapp", "%2Fetc%2Fpasswd", "app.py", ".json", "klen.json.json", "%00"]
)
def test_no_other_file_is_shown(name: str):
    answer = NOBODY.call("GET", f"/openapi/{name}")
    assert (answer.status, answer.document) == (404, {"message": "Not Found"})


def test_a_client_that_can_unpack_gets_it_packed():
    packed = NOBODY.call("GET", "/openapi.json", headers={"accept-encoding": "br, gzip"})
    plain = NOBODY.call("GET", "/openapi.json")
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.document == plain.document
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_client_that_has_it_gets_it_no_second_time(encoding: str):
    headers = {"accept-encoding": encoding}
    tag = NOBODY.call("GET", "/openapi/klen", headers=headers).headers["etag"]
    again = NOBODY.call("GET", "/openapi/klen", headers={**headers, "if-none-match": tag})
    assert (again.status, again.document) == (304, b"")
    assert again.headers["etag"] == tag
    other = NOBODY.call("GET", "/openapi/setter", headers={**headers, "if-none-match": tag})
    assert other.status == 200
