"""GET /api/public/contact/{aiContactId}/messages: none are kept here."""

import pytest

from tests.api import Api

CONTACT = "df980fc8-b6db-4820-bf22-000000000123"
PATH = f"/api/public/contact/{CONTACT}/messages"


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
@pytest.mark.parametrize("query", [{}, {"limit": "20"}, {"limit": ""}])
def test_a_known_contact_has_no_messages(path: str, query: dict, vambe: Api):
    answer = vambe.call("GET", path, query=query)
    assert (answer.status, answer.document) == (200, [])


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (PATH, {"limit": "many"}, 400),
        (PATH, {"limit": "0"}, 400),
        (PATH.replace(CONTACT, "123"), {}, 400),
        (PATH.replace("0123/", "0999/"), {}, 404),
    ],
)
def test_a_refused_request_says_why(path: str, query: dict, status: int, vambe: Api):
    answer = vambe.call("GET", path, query=query)
    assert (answer.status, answer.document["statusCode"]) == (status, status)


def test_401(vambe: Api):
    assert vambe.call("GET", PATH, key=None).status == 401
