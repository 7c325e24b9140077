"""PATCH /api/public/contact/tags/{aiContactId}, as Vambe documents it."""

import pytest

from shared.domain.tags import Tag
from tests.api import Api
from tests.fixtures import Fixtures

CONTACT = "df980fc8-b6db-4820-bf22-000000000123"
PATH = f"/api/public/contact/tags/{CONTACT}"


@pytest.fixture(autouse=True)
def catalogue(vambe: Api, fixtures: Fixtures):
    for number, value in ((1, "VIP"), (5, "Newsletter"), (12, "Lead")):
        fixtures.tags.add("acme", Tag(number, value))


def tags_of(fixtures: Fixtures) -> tuple[str, ...]:
    return fixtures.contacts.find("acme", 123).tags


@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_documented_request_gives_exactly_these_tags(path: str, vambe: Api, fixtures: Fixtures):
    answer = vambe.call("PATCH", path, {"tagsIds": [1, 5]})
    assert (answer.status, answer.document) == (
        200,
        {"status": "success", "aiContactTagsLength": 2},
    )
    assert tags_of(fixtures) == ("VIP", "Newsletter")


@pytest.mark.parametrize(
    ("ids", "kept"), [([12], ("Lead",)), ([], ()), ([5, 1, 5, 5], ("Newsletter", "VIP"))]
)
def test_tags_are_replaced_and_count_once(ids: list, kept: tuple, vambe: Api, fixtures: Fixtures):
    vambe.call("PATCH", PATH, {"tagsIds": [1, 5]})
    answer = vambe.call("PATCH", PATH, {"tagsIds": ids})
    assert answer.document["aiContactTagsLength"] == len(kept)
    assert tags_of(fixtures) == kept


ERRORS = {
    "400: no body": (PATH, 400, b""),
    "400: no ids": (PATH, 400, b"{}"),
    "400: ids that are no list": (PATH, 400, b'{"tagsIds": 1}'),
    "400: an id as a string": (PATH, 400, b'{"tagsIds": ["1"]}'),
    "400: an id as a boolean": (PATH, 400, b'{"tagsIds": [true]}'),
    "400: an unknown id": (PATH, 400, b'{"tagsIds": [1, 99]}'),
    "400: an id beyond all numbers": (PATH, 400, b'{"tagsIds": [1, ' + b"9" * 40 + b"]}"),
    "400: a negative id": (PATH, 400, b'{"tagsIds": [-1]}'),
    "400: a contact that is no UUID": (PATH.replace(CONTACT, "1"), 400, b'{"tagsIds": [1]}'),
    "404: no such contact": (PATH.replace("0123", "0999"), 404, b'{"tagsIds": [1]}'),
}


@pytest.mark.parametrize("case", ERRORS)
def test_a_refused_request_says_why_and_changes_nothing(case: str, vambe: Api, fixtures: Fixtures):
    path, status, body = ERRORS[case]
    vambe.call("PATCH", PATH, {"tagsIds": [5]})
    before = fixtures.items()
    answer = vambe.call("PATCH", path, body=body)
    assert (answer.status, answer.document["statusCode"]) == (status, status)
    assert fixtures.items() == before


def test_more_tags_than_a_contact_keeps_are_400(vambe: Api, fixtures: Fixtures):
    for number in range(100, 151):
        fixtures.tags.add("acme", Tag(number, f"tag {number}"))
    before = fixtures.items()
    assert vambe.call("PATCH", PATH, {"tagsIds": list(range(100, 151))}).status == 400
    assert fixtures.items() == before


def test_401_also_before_a_broken_body(vambe: Api):
    assert vambe.call("PATCH", PATH, body=b"{", key=None).status == 401
