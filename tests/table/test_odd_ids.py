"""Ids that make no key, on an engine that measures keys as DynamoDB does."""

import pytest

from tests.api import Api
from tests.chatbot import JOHN, chatbot_of
from tests.fixtures import Fixtures

VAMBE = "vambe_0123456789"
CONTACT = "/api/public/contact/tags/df980fc8-b6db-4820-bf22-000000000123"
LONGEST, ESCAPED = "x" * 500, "%23" * 400


@pytest.mark.parametrize("odd", [LONGEST, ESCAPED, "%F0%9F%98%80" * 124])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/contacts/{odd}"),
        ("GET", f"/contacts/variables/{JOHN}/{{odd}}"),
        ("GET", "/conversations/{odd}/variables"),
        ("GET", "/conversations/conv_1/variables/{odd}"),
        ("DELETE", "/variables/{odd}"),
    ],
)
def test_what_can_have_no_such_id_is_not_there(
    method: str, path: str, odd: str, fixtures: Fixtures
):
    answer = chatbot_of(fixtures).call(method, path.format(odd=odd))
    assert answer.status == 200
    assert answer.document["error"]


@pytest.mark.parametrize(
    "number",
    [10**18, 10**1500, -1, -(10**1500)],
    ids=["too large", "far too large", "negative", "far too small"],
)
def test_no_tag_has_a_number_beyond_all_keys(number: int, fixtures: Fixtures):
    fixtures.key(VAMBE, permissions=())
    fixtures.contact()
    assert Api(VAMBE).call("PATCH", CONTACT, {"tagsIds": [number]}).status == 400
