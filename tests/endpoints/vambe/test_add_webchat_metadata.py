"""POST /api/public/webchat/contact/add-metadata, as Vambe documents it."""

import pytest

from tests.api import Api
from tests.fixtures import Fixtures

PATH = "/api/public/webchat/contact/add-metadata"
INFO = "/api/public/contact/df980fc8-b6db-4820-bf22-000000000123/info"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_sets_the_fields(path: str, vambe: Api):
    sent = {"utm_source": "google", "preferredLanguage": "en", "visits": 3, "left": None}
    answer = vambe.call("POST", path, {"externalUserId": "user-12345", "metadata": sent})
    kept = {"utm_source": "google", "preferred_language": "en", "visits": "3"}
    assert answer.status == 201
    assert {each["key"]: each["value"] for each in answer.document} == kept
    assert vambe.call("GET", INFO).document["metadata"] == kept


ERRORS = {
    "400: no body": (400, b""),
    "400: no user": (400, b'{"metadata": {}}'),
    "400: an empty user": (400, b'{"externalUserId": "", "metadata": {}}'),
    "400: a number for a user": (400, b'{"externalUserId": 5, "metadata": {}}'),
    "400: no metadata": (400, b'{"externalUserId": "user-12345"}'),
    "400: metadata is an array": (400, b'{"externalUserId": "user-12345", "metadata": []}'),
    "400: metadata is null": (400, b'{"externalUserId": "user-12345", "metadata": null}'),
    "400: a key without a letter": (
        400,
        b'{"externalUserId": "user-12345", "metadata": {"a": 1, "--": 1}}',
    ),
    "404: no such user": (404, b'{"externalUserId": "user-99", "metadata": {"a": 1}}'),
    "404: a user longer than any key": (
        404,
        b'{"externalUserId": "' + b"#" * 3000 + b'", "metadata": {"a": 1}}',
    ),
    "413: a body over 1 MB": (413, b" " * 1_048_577),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    status, body = ERRORS[case]
    before = fixtures.items()
    answer = vambe.call("POST", PATH, body=body)
    assert (answer.status, answer.document["statusCode"]) == (status, status)
    assert fixtures.items() == before


def test_409_when_several_contacts_have_the_user_id(vambe: Api, fixtures: Fixtures):
    fixtures.contact(7, webchat_user_id="user-12345")
    before = fixtures.items()
    document = {"externalUserId": "user-12345", "metadata": {"a": 1}}
    answer = vambe.call("POST", PATH, document)
    assert (answer.status, answer.document["error"]) == (409, "Conflict")
    assert fixtures.items() == before


def test_401_also_before_a_broken_body(vambe: Api):
    assert vambe.call("POST", PATH, body=b"{", key=None).status == 401
